/**
 * Setting up a directory through console, relay and connector, with a real LDAP server at the end.
 *
 * @module
 */
import { directoryTypes } from '@sallygate/service-directory/contract'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { WholeOffice } from '../testing/whole-office.ts'

let office: WholeOffice
let draft: Record<string, unknown>

beforeAll(async () => {
  office = await WholeOffice.open()
  draft = { ...(await office.inGroup('GET', 'services/directory')).body.settings }
}, 60_000)
afterAll(() => office.close())

const ask = (question: string, body: unknown) => office.inGroup('POST', `directory/${question}`, body)

describe('with what is stored', () => {
  test('bases, the servers, one entry and the status', async () => {
    const bases = await ask('bases', {})
    const servers = await ask('servers', {})
    const person = (
      await office.inGroup('POST', 'call', { operation: 'directory.search', parameters: { kind: 'users', limit: 1 } })
    ).body.result.entries[0]
    const preview = await ask('preview', { entry: person.dn })
    const status = await office.inGroup('GET', 'directory/status')

    expect([bases.status, servers.status, preview.status, status.status]).toEqual([200, 200, 200, 200])
    expect(servers.body).toMatchObject({ servers: [{ port: office.ldapPort, from: 'byHand' }], questions: [] })
    expect(preview.body).toMatchObject({ dn: person.dn, isCounted: true, connector: { name: 'one' } })
    expect(status.body.connectors).toMatchObject([
      { connector: { name: 'one' }, status: { inUse: { server: `127.0.0.1:${office.ldapPort}` } } },
    ])
  })

  test('an entry that is not there is said to be so', async () => {
    const { status, body } = await ask('preview', { entry: 'nobody-of-that-name' })

    expect([status, body.code]).toEqual([409, 'DIRECTORY_ENTRY_NOT_FOUND'])
  })
})

test('each kind of directory is there with what holds where settings name nothing', async () => {
  const { status, body } = await office.call('GET', '/api/directory/types')

  expect([status, body.types.map(({ type }: { type: string }) => type)]).toEqual([200, [...directoryTypes]])
  expect(body.types[0]).toMatchObject({
    type: 'activeDirectory',
    identifier: { attribute: 'objectGUID', dataType: 'guid' },
    disabledRule: { kind: 'flagBit', bit: 2 },
    mapping: { user: { login: 'sAMAccountName' }, group: { member: 'member' } },
  })
})

describe('with settings nobody has saved', () => {
  test('the stored password goes along to the same servers, and nothing is saved', async () => {
    const changed = { ...draft, userAttributes: { displayName: 'mail' }, bindPassword: { set: true } }
    const { status, body } = await ask('bases', { settings: changed })

    expect([status, body.code]).toEqual([200, undefined])
    expect((await office.inGroup('GET', 'services/directory')).body.settings).toEqual(draft)
  })

  test('to other servers it does not go along, nor where another certificate would be believed', async () => {
    for (const change of [
      { servers: [{ host: 'elsewhere.test', port: 636 }] },
      { certificatePins: ['ab'.repeat(32)] },
      { referrals: { follow: 'listed', hosts: ['elsewhere.test'] } },
      { discovery: { kind: 'srv', domain: 'elsewhere.test' } },
      { encryption: 'none' },
    ]) {
      const { status, body } = await ask('bases', { settings: { ...draft, bindPassword: undefined, ...change } })
      expect([Object.keys(change)[0], status, body.code]).toEqual([
        Object.keys(change)[0],
        409,
        'CONSOLE_DIRECTORY_PASSWORD_NEEDED',
      ])
    }
  })

  test('a field that is wrong is named', async () => {
    const { status, body } = await ask('bases', { settings: { ...draft, encryption: 'maybe' } })

    expect([status, body.code]).toEqual([400, 'SERVICE_PARAMETERS_INVALID'])
    expect(body.details.field).toBe('settings.encryption')
  })

  test('before the service is on at all', async () => {
    const given = { ...draft, baseDn: undefined, bindDn: undefined, bindPassword: undefined }
    await office.inGroup('DELETE', 'services/directory')

    const { status, body } = await ask('bases', { settings: given })
    const without = await ask('bases', {})
    await office.turnOn()

    expect([status, body.bases?.length > 0]).toEqual([200, true])
    expect(without.body.code).toBe('CONSOLE_SERVICE_OFF')
  })

  test('nobody gets around the right to edit settings by calling the operation', async () => {
    for (const operation of ['directory.bases', 'directory.preview', 'directory.servers']) {
      const { status, body } = await office.inGroup('POST', 'call', { operation, parameters: { entry: 'x' } })
      expect([operation, status, body.code]).toEqual([operation, 404, 'CONSOLE_OPERATION_UNKNOWN'])
    }
  })
})
