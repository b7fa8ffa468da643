/**
 * Parts that die in the middle of a sync: what the console has afterwards is what a clean run brings.
 *
 * Console, relay and connectors are processes; OpenLDAP is real; the comparison is with what an
 * independent client finds.
 *
 * @module
 */
import { missingProgram } from '@sallygate/testkit/peers'
import { afterEach, describe, expect, test } from 'vitest'
import { genericSettings, readGeneric } from '../../interop/directory-sync/lives.ts'
import { startOpenLdap, startOpenLdapPair } from '../../interop/directory-sync/open-ldap.ts'
import { looksAtFields, Synced, withFieldsOf, type Run } from '../../interop/directory-sync/synced.ts'

const missing = missingProgram('slapd', 'Debian package slapd')
if (missing !== undefined) console.log(`skipped: syncs that are cut off, ${missing}`)

const stops: (() => Promise<unknown>)[] = []
afterEach(async () => {
  for (const stop of stops.splice(0).toReversed()) await stop()
}, 60_000)

describe.skipIf(missing !== undefined)('a sync that is cut off', { timeout: 180_000 }, () => {
  async function open(connectors: readonly string[] = ['one']) {
    const server = await startOpenLdap({ crowd: 9000 })
    stops.push(() => server.stop())
    const synced = await Synced.open(genericSettings([server]), connectors)
    stops.push(() => synced.close())
    return { server, synced }
  }
  type Opened = Awaited<ReturnType<typeof open>>

  const same = async ({ server, synced }: Opened) =>
    expect(await synced.picture(looksAtFields)).toEqual(withFieldsOf(await readGeneric(server), looksAtFields))

  /** As soon as it is in this phase and something has been done in it; asked without a pause, because it does not last. */
  const inPhase = async (synced: Synced, run: Run, phase: string) => {
    for (;;) {
      const { state, progress } = await synced.run(run.id)
      if (state !== 'running') throw new Error(`it was ${state} before it could be cut off`)
      if (progress.phase === phase && progress.done > 0) return
    }
  }

  test('its only connector killed with -9 while it reads, and started again', async () => {
    const { server, synced } = await open()
    const connector = synced.installation.connector('one')
    const run = await synced.begin()
    await inPhase(synced, run, 'fetch')

    await connector.kill()
    connector.start()

    expect(await synced.end(run)).toMatchObject({ state: 'done', counts: { added: 9019, failed: 0 } })
    await same({ server, synced })
  })

  test('one of two connectors killed with -9 while it reads: the other one goes on by itself', async () => {
    const { server, synced } = await open(['one', 'two'])
    const run = await synced.begin()
    await inPhase(synced, run, 'fetch')

    await synced.installation.connector('one').kill()

    expect(await synced.end(run)).toMatchObject({ state: 'done', counts: { added: 9019, failed: 0 } })
    await same({ server, synced })
  })

  test('the console killed with -9 while it reads for the first time, and started again', async () => {
    const { server, synced } = await open()

    await killedIn('fetch', { server, synced })
  })

  test('the console killed with -9 while it puts into force, and started again', async () => {
    const { server, synced } = await open()
    // What a first run reads is in force when it is read; so most come with the second one.
    const settings = genericSettings([server])
    await synced.configure({ ...settings, userFilter: '(&(objectClass=inetOrgPerson)(uid=a*))' })
    await synced.sync()
    await synced.configure(settings)

    await killedIn('apply', { server, synced })
  })

  async function killedIn(phase: string, { server, synced }: Opened): Promise<void> {
    const run = await synced.begin()
    await inPhase(synced, run, phase)

    await synced.installation.console.kill()
    synced.installation.console.start()

    expect(await synced.end(run)).toMatchObject({ state: 'done', counts: { failed: 0 } })
    await same({ server, synced })
    expect(await synced.sync({ full: true })).toMatchObject({
      state: 'done',
      counts: { added: 0, changed: 0, removed: 0, membersAdded: 0, membersRemoved: 0 },
    })
  }

  test('a server killed while it is read: the other one is read from the beginning', async () => {
    const pair = await startOpenLdapPair(9000)
    stops.push(() => pair.stop())
    const { provider, consumer } = pair
    const synced = await Synced.open(genericSettings([provider, consumer]))
    stops.push(() => synced.close())
    const run = await synced.begin()
    await inPhase(synced, run, 'fetch')

    await provider.process.kill()

    const ended = await synced.end(run)
    expect(ended).toMatchObject({ state: 'done', server: `127.0.0.1:${consumer.ldapsPort}`, counts: { added: 9019 } })
    expect(ended.restarts).toBeGreaterThan(0)
    await same({ server: consumer, synced })
  })

  test('a directory that falls silent in the middle keeps nothing back that was there before', async () => {
    const { server, synced } = await open()
    await synced.sync()
    const before = await synced.picture(() => false)
    const run = await synced.begin({ full: true })
    await inPhase(synced, run, 'fetch')

    server.process.signal('SIGSTOP')
    await synced.installation.until(
      async () => (await synced.run(run.id)).progress.waitsFor !== undefined,
      60_000,
      'it says what it waits for',
    )

    expect(await synced.picture(() => false)).toEqual(before)
    server.process.signal('SIGCONT')
    expect(await synced.end(run)).toMatchObject({ state: 'done', counts: { removed: 0 } })
    await same({ server, synced })
  })
})
