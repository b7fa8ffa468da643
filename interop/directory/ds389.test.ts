/**
 * The directory service against 389 Directory Server.
 *
 * @module
 */
import { Attribute, Change, Client } from 'ldapts'
import { directoryService } from '@sallygate/service-directory/agent'
import type { BasesResult, PreviewResult } from '@sallygate/service-directory/contract'
import { ServiceLife } from '@sallygate/service-kit'
import { testContext, testServiceHost } from '@sallygate/testkit/service-host'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { genericBase, genericPerson, genericReader } from '../directory-sync/generic.ts'
import { makeOffice, officePassword } from '../directory-sync/office.ts'
import {
  missingFor389,
  start389,
  threeEightNineAdmin,
  type ThreeEightNine,
} from '../directory-sync/three-eight-nine.ts'

const missing = missingFor389()
if (missing !== undefined) console.log(`skipped: interop with 389 Directory Server, ${missing}`)

describe.skipIf(missing !== undefined)('389 Directory Server', () => {
  let server: ThreeEightNine
  const lives: ServiceLife[] = []
  const office = makeOffice(0)
  const [ada, locked] = office.people.filter(({ state }) => state !== 'disabled')

  beforeAll(async () => {
    server = await start389(0)
    console.log(`389 Directory Server ${server.version}`)
    // An independent client, for what an administrator would do.
    const admin = new Client({
      url: `ldaps://127.0.0.1:${server.ldapsPort}`,
      tlsOptions: { ca: server.authority, servername: 'localhost' },
      timeout: 10_000,
    })
    await admin.bind(threeEightNineAdmin.dn, threeEightNineAdmin.password)
    const modification = new Attribute({ type: 'nsAccountLock', values: ['true'] })
    if (locked !== undefined) {
      await admin.modify(genericPerson(locked), new Change({ operation: 'replace', modification }))
    }
    await admin.unbind()
  }, 120_000)
  afterAll(() => server?.stop())
  afterEach(async () => {
    for (const life of lives.splice(0)) await life.stop()
  })

  async function connect(settings: Record<string, unknown> = {}): Promise<ServiceLife> {
    const life = new ServiceLife(directoryService, testServiceHost({ addresses: { localhost: '127.0.0.1' } }))
    lives.push(life)
    const isLdaps = settings['encryption'] === undefined
    const state = await life.configure({
      type: 'generic',
      servers: [{ host: 'localhost', port: isLdaps ? server.ldapsPort : server.ldapPort }],
      trust: server.authority,
      bindDn: genericReader.dn,
      bindPassword: genericReader.password,
      baseDn: genericBase,
      // As docs/directory.md says for this server.
      objectIdentifier: { attribute: 'nsUniqueId', dataType: 'text' },
      disabledRule: { kind: 'value', attribute: 'nsAccountLock', value: 'true' },
      ...settings,
    })
    expect(state).toEqual({ kind: 'healthy' })
    return life
  }
  const run = async <T>(life: ServiceLife, operation: string, params: object) =>
    (await life.run(operation, params, testContext())) as T

  test.each([{}, { encryption: 'startTls' }])('every row of the check is well: %o', async (settings) => {
    const rows = await (await connect(settings)).check(testContext())

    expect(rows.filter(({ result }) => result !== 'ok')).toEqual([])
  })

  test('its only naming context is suggested, and units are found below it', async () => {
    const life = await connect()

    expect((await run<BasesResult>(life, 'bases', {})).bases).toContainEqual({ dn: genericBase, kind: 'context' })
    expect((await run<BasesResult>(life, 'bases', { below: genericBase })).bases.length).toBeGreaterThan(0)
  })

  test('a preview has the identifier, and knows a locked account by its flag', async () => {
    const life = await connect()

    const open = await run<PreviewResult>(life, 'preview', { entry: ada?.login })
    const shut = await run<PreviewResult>(life, 'preview', { entry: locked?.login })

    expect(open).toMatchObject({ isCounted: true, disabled: { isDisabled: false } })
    expect(open.identifier.value).toMatch(/^[0-9a-f-]{35}$/)
    expect(shut.disabled).toMatchObject({ isDisabled: true, because: expect.stringContaining('nsAccountLock is') })
  })

  test('groups in groups, names that need escaping, and a ring', async () => {
    const life = await connect()
    const groupsOf = async (entry: string) =>
      (await run<PreviewResult>(life, 'preview', { entry })).groups.map(({ name, isDirect }) => [name, isDirect])

    expect(new Set(await groupsOf('zoe'))).toEqual(
      new Set([
        ['level-3', true],
        ['everybody', true],
        ['level-2', false],
        ['level-1', false],
        ['Süd, (west) * \\ "x"', false],
      ]),
    )
    expect(new Set((await groupsOf('hash')).map(([name]) => name))).toEqual(
      new Set(['ring-a', 'ring-b', 'ring-c', 'everybody', 'Süd, (west) * \\ "x"']),
    )
  })

  test('signing in: right, wrong, locked, nobody', async () => {
    const life = await connect()
    const signIn = (user: string | undefined, password: string) => run(life, 'authenticate', { user, password })

    expect(await signIn(ada?.login, officePassword)).toMatchObject({ outcome: 'accepted' })
    expect(await signIn(ada?.login, 'wrong')).toMatchObject({ outcome: 'refused', reason: 'wrongPassword' })
    // Its answer calls an inactivated account locked.
    expect(await signIn(locked?.login, officePassword)).toMatchObject({ outcome: 'refused', reason: 'lockedOut' })
    expect(await signIn('nobody', 'x')).toMatchObject({ outcome: 'refused', reason: 'unknownUser' })
  })
})
