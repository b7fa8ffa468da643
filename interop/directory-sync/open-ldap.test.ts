/**
 * OpenLDAP synchronized by a whole Sallygate: what the console has is what an independent client finds,
 * after the first run and after each kind of change.
 *
 * @module
 */
import { missingProgram } from '@sallygate/testkit/peers'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { SlapdServer } from '../directory/slapd-server.ts'
import { Administrator } from './administrator.ts'
import { officeChanges } from './changes.ts'
import { genericSettings, readGeneric } from './lives.ts'
import { openLdapAdmin, startOpenLdap } from './open-ldap.ts'
import { genericPlace } from './places.ts'
import { looksAtFields, Synced, withFieldsOf } from './synced.ts'

const missing = missingProgram('slapd', 'Debian package slapd')
if (missing !== undefined) console.log(`skipped: a whole sync of OpenLDAP, ${missing}`)

describe.skipIf(missing !== undefined)('OpenLDAP, synchronized', { timeout: 60_000 }, () => {
  let server: SlapdServer
  let synced: Synced
  let admin: Administrator

  beforeAll(async () => {
    server = await startOpenLdap({ crowd: 2000 })
    synced = await Synced.open(genericSettings([server]))
    admin = await Administrator.bind({
      url: `ldaps://127.0.0.1:${server.ldapsPort}`,
      authority: server.authority,
      serverName: 'localhost',
      user: openLdapAdmin.dn,
      password: openLdapAdmin.password,
    })
  }, 60_000)
  afterAll(async () => {
    await admin?.close()
    await synced?.close()
    await server?.stop()
  }, 60_000)

  const same = async () =>
    expect(await synced.picture(looksAtFields)).toEqual(withFieldsOf(await readGeneric(server), looksAtFields))

  test('the first run brings everything', async () => {
    const run = await synced.sync()

    expect(run).toMatchObject({ state: 'done', full: true, counts: { added: 2019, removed: 0, failed: 0 } })
    await same()
  })

  test('a run without changes changes nothing', async () => {
    const run = await synced.sync()

    expect(run).toMatchObject({ state: 'done', full: false, counts: { added: 0, changed: 0, moved: 0, removed: 0 } })
  })

  test.each(officeChanges)('the next run notices that $says', async ({ make }) => {
    await make(admin, genericPlace)

    const run = await synced.sync()

    expect(run).toMatchObject({ state: 'done', full: false })
    await same()
  })

  test('who is called again what a group still calls a member is in it again', async () => {
    const john = { name: 'Smith-Doe, John', unit: 'sales' } as const
    await admin.move(genericPlace.person(john), genericPlace.person({ ...john, name: 'Smith, John' }))

    await synced.sync()

    await same()
  })

  test('a unit that is emptied is held, and everybody in it stays until somebody has looked', async () => {
    const before = await synced.picture(() => false)
    const crowd = Array.from({ length: 700 }, (_, at) => at).filter((at) => at % 50 !== 0)
    const gone = crowd.map((at) => `crowd${String(at).padStart(5, '0')}`)
    for (const name of gone) await admin.remove(genericPlace.person({ name, unit: 'sales' }))

    const held = await synced.sync()

    expect(held.state).toBe('held')
    expect(held.held?.because.map(({ safeguard }) => safeguard)).toEqual(
      expect.arrayContaining(['maxRemovals', 'maxRemovalsPercent']),
    )
    expect(await synced.picture(() => false)).toEqual(before)
    await synced.ask('POST', `directory/sync/runs/${held.id}/release`, { note: 'they have left' })
    expect(await synced.end(held)).toMatchObject({ state: 'done', counts: { removed: gone.length } })
    await same()
  })

  test('a base that shows nothing any more is held as well: a right that was taken away looks like this', async () => {
    const before = await synced.picture(() => false)
    await synced.configure({ ...genericSettings([server]), userFilter: '(uid=nobody-at-all)' })

    const held = await synced.sync({ full: true })

    expect(held.state).toBe('held')
    expect(await synced.picture(() => false)).toEqual(before)
    await synced.ask('POST', `directory/sync/runs/${held.id}/stop`)
    await synced.configure(genericSettings([server]))
    expect(await synced.sync({ full: true })).toMatchObject({ state: 'done', counts: { removed: 0 } })
    await same()
  })
})
