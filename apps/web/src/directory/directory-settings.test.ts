import { expect, test } from 'vitest'
import { portAfter, type DirectoryFields } from './directory-fields.ts'
import { settingsOf } from './directory-settings.ts'
import { fieldsOf } from './read-settings.ts'
import { targets } from './way-settings.ts'

const stored = {
  type: 'generic',
  servers: [{ host: 'dc1', port: 636 }],
  encryption: 'ldaps',
  baseDn: 'dc=x',
  bindDn: 'cn=reader',
  bindPassword: { set: true },
  maxEntries: 500,
  userAttributes: { login: 'uid' },
  ofALaterVersion: 7,
}
const before = fieldsOf(stored)

test('saving without a change sends what is stored, and never the mark of a secret', () => {
  const { bindPassword: _, ...rest } = stored

  expect(settingsOf(before, stored)).toMatchObject(rest)
  expect(settingsOf(before, stored)).not.toHaveProperty('bindPassword')
})

test('a line end at the end of a certificate is none of the changes', () => {
  const trust = '-----BEGIN\n'

  expect(settingsOf(fieldsOf({ ...stored, trust }), { ...stored, trust })).toMatchObject({ trust })
})

test('what nobody set is not sent: the default goes on saying that it is one', () => {
  const sent = settingsOf(before, stored)

  for (const field of ['bind', 'discovery', 'referrals', 'membership', 'disabledRule', 'objectIdentifier', 'trust'])
    expect(sent).not.toHaveProperty(field)
})

test('everything there is to set comes back as it was', () => {
  const all = {
    ...stored,
    type: 'eDirectory',
    servers: [{ host: 'dc1', port: 636, certificateName: 'dc1.x', isBackup: true }],
    discovery: { kind: 'srv', domain: 'x.example', site: 'automatic', globalCatalog: true },
    certificatePins: ['ab'],
    bind: 'kerberos',
    referrals: { follow: 'listed', hosts: ['dc2'] },
    customAttributes: { badge: 'badgeNumber' },
    objectIdentifier: { attribute: 'GUID', dataType: 'hex' },
    disabledRule: { kind: 'value', attribute: 'loginDisabled', value: 'TRUE' },
    membership: { attribute: 'memberUid', holds: 'login', transitive: 'none' },
  }
  const { bindPassword: _, ...rest } = all

  expect(settingsOf(fieldsOf(all), all)).toMatchObject(rest)
})

test('a stored password never reaches the form, and only a typed one is sent', () => {
  expect(before.bindPassword).toBe('')
  expect(settingsOf({ ...before, bindPassword: 'new' }, stored)).toMatchObject({ bindPassword: 'new' })
})

test('a field that was emptied is left out, and whoever says nothing is anonymous', () => {
  expect(settingsOf({ ...before, bindDn: ' ' }, stored)).toMatchObject({ bind: 'simple' })
  expect(settingsOf({ ...before, bind: 'anonymous', bindPassword: 'left behind' }, stored)).toEqual(
    expect.not.objectContaining({ bindDn: expect.anything(), bindPassword: expect.anything() }),
  )
})

const server = before.servers[0] as DirectoryFields['servers'][number]
test.each<readonly [string, Partial<DirectoryFields>, boolean]>([
  ['another server', { servers: [{ ...server, host: 'dc2' }] }, true],
  ['another encryption', { encryption: 'startTls' }, true],
  ['other trust', { trust: '-----BEGIN' }, true],
  ['a pin', { certificatePins: ['ab'] }, true],
  ['servers from DNS', { isDiscovered: true, discovery: { ...before.discovery, domain: 'x' } }, true],
  ['referrals that are followed', { referrals: { follow: 'listed', hosts: ['dc3'] } }, true],
  ['another base', { baseDn: 'dc=y' }, false],
  ['another schedule', { sync: { ...before.sync, everyMinutes: 10 } }, false],
])('%s: the password has to be given again: %o', (_what, change, expected) => {
  const [then, now] = [settingsOf(before, stored), settingsOf({ ...before, ...change }, stored)]

  expect(targets.some((name) => JSON.stringify(then[name]) !== JSON.stringify(now[name]))).toBe(expected)
})

test('a new service begins encrypted', () => {
  expect(fieldsOf(null)).toMatchObject({ encryption: 'ldaps', bind: 'simple', servers: [{ host: '', port: 636 }] })
})

test('a usual port follows the encryption, and a chosen one stays', () => {
  expect([636, 3269, 10_636].map((port) => portAfter(port, 'ldaps', 'startTls'))).toEqual([389, 3268, 10_636])
})
