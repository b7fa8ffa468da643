import { expect, test } from 'vitest'
import { erasesPassword, fieldsOf, settingsOf } from './directory-settings.ts'

const stored = {
  type: 'generic',
  servers: [{ host: 'dc1', port: 636 }],
  encryption: 'ldaps',
  baseDn: 'dc=x',
  bindDn: 'cn=reader',
  bindPassword: { set: true },
  maxEntries: 500,
  userAttributes: { login: 'uid' },
}

test('saving without a change sends what is stored, and never the mark of a secret', () => {
  const { bindPassword: _, ...rest } = stored

  expect(settingsOf(fieldsOf(stored), stored)).toEqual(rest)
})

test('a stored password never reaches the form, and only a typed one is sent', () => {
  expect(fieldsOf(stored).bindPassword).toBe('')
  expect(settingsOf({ ...fieldsOf(stored), bindPassword: 'new' }, stored)).toMatchObject({ bindPassword: 'new' })
})

test('a field that was emptied is left out', () => {
  expect(settingsOf({ ...fieldsOf(stored), bindDn: ' ' }, stored)).not.toHaveProperty('bindDn')
})

test.each([
  ['another server', { servers: [{ host: 'dc2', port: 636, certificateName: '' }] }, true],
  ['another encryption', { encryption: 'startTls' as const }, true],
  ['other trust', { trust: '-----BEGIN' }, true],
  ['another base', { baseDn: 'dc=y' }, false],
])('%s: the password has to be given again: %o', (_what, change, expected) => {
  expect(erasesPassword({ ...fieldsOf(stored), ...change }, stored)).toBe(expected)
})

test('a new service begins encrypted', () => {
  expect(fieldsOf(null)).toMatchObject({ encryption: 'ldaps', servers: [{ host: '', port: 636 }] })
})
