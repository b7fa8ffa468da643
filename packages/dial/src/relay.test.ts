import { afterEach, expect, test } from 'vitest'
import {
  anyConsole,
  connectorAddress,
  consoleAddress,
  randomId,
  type AdmissionEntry,
  type RosterEntry,
} from '@sallygate/hop'
import { diagnose } from './index.ts'
import { Bench, keyed } from './testing/peers.ts'
import { realRelay } from './testing/real-relay.ts'

/** A busy machine is slow; a test that waits longer than this has failed. */
const soon = { timeout: 8000, interval: 10 }

const bench = new Bench()
afterEach(() => bench.clear())

test('with the real relay: admitted by a pushed list, on the roster, a question and its answer, revoked', async () => {
  const { at, consoleKeys, tls, list } = await realRelay(bench)
  const roster: string[] = []
  const peer = bench.client(at, {
    ...consoleKeys,
    tls,
    address: consoleAddress(randomId()),
    onRosterChange: (event, entry: RosterEntry) => void roster.push(`${event} ${entry.instance}`),
    onCargo: (from, cargo, _ttlMs, acknowledge) => {
      acknowledge()
      peer.send(from, Buffer.concat([Buffer.from('re: '), cargo]), { ttlMs: 1000 })
    },
  })
  await peer.attached()
  const [group, instance] = [randomId(), randomId()]
  const keys = keyed()
  const entry: AdmissionEntry = { role: 'connector', group, instance, publicKey: keys.publicKey }
  await peer.admit(1, await list(1, [entry]))

  const answer = Promise.withResolvers<string>()
  const connector = bench.client(at, {
    ...keys,
    tls,
    address: connectorAddress(group, instance),
    onCargo: (_from, cargo) => answer.resolve(cargo.toString()),
  })
  await connector.attached()
  connector.send(anyConsole, Buffer.from('?'), { ttlMs: 1000 })
  expect(await answer.promise).toBe('re: ?')
  const lost = peer.send(connectorAddress(group, randomId()), Buffer.from('!'), { ttlMs: 1000 })
  await expect(lost.fate).rejects.toMatchObject({ code: 'DIAL_NO_SUCH_PEER' })
  await expect(peer.admit(1, await list(0, []))).rejects.toMatchObject({ code: 'DIAL_ADMISSION_REFUSED' })

  await peer.admit(2, await list(2, []))

  await expect
    .poll(() => connector.state, soon)
    .toMatchObject({ kind: 'refused', failure: { code: 'DIAL_PROOF_REFUSED' } })
  expect(roster).toEqual([`joined ${instance}`, `left ${instance}`])
})

test('the check of a real relay is all green', async () => {
  const { at, tls } = await realRelay(bench)

  const rows = await diagnose(at.url, { tls, expectedRelay: at.relay })

  expect(rows.map(({ result }) => result)).toEqual(['ok', 'ok', 'ok', 'ok', 'ok'])
})

test('a relay that stops sends its peers away in good order', async () => {
  const { at, running, consoleKeys, tls } = await realRelay(bench)
  const peer = bench.client(at, { ...consoleKeys, tls, address: consoleAddress(randomId()) })
  await peer.attached()

  await running.stop()

  await expect.poll(() => peer.status().lastFailure?.code, soon).toMatch(/^DIAL_(GOING_AWAY|TCP_REFUSED)$/)
})

test('a request a millisecond is answered while both ends renew their sessions all the time (T76)', async () => {
  const { at, consoleKeys, tls, list } = await realRelay(bench, { sessionAge: '400ms' })
  const tuning = { maxAgeMs: 900, minAgeMs: 50, backOffBaseMs: 20 }
  const answered = new Set<string>()
  const failures: unknown[] = []
  const handedOver: string[] = []
  const asking = bench.client(at, {
    ...consoleKeys,
    tls,
    tuning,
    address: consoleAddress(randomId()),
    onHandedOver: ({ instance: who }) => void handedOver.push(who),
    onCargo: (_from, cargo, _ttlMs, acknowledge) => {
      expect(answered.has(cargo.toString())).toBe(false)
      answered.add(cargo.toString())
      acknowledge()
    },
  })
  await asking.attached()
  const [group, instance] = [randomId(), randomId()]
  const keys = keyed()
  await asking.admit(1, await list(1, [{ role: 'connector', group, instance, publicKey: keys.publicKey }]))
  const answering = bench.client(at, {
    ...keys,
    tls,
    tuning,
    address: connectorAddress(group, instance),
    onCargo: (from, cargo, _ttlMs, acknowledge) => {
      acknowledge()
      answering.send(from, cargo, { ttlMs: 5000 }).fate.catch((error: unknown) => failures.push(error))
    },
  })
  await answering.attached()

  let asked = 0
  for (const untilMs = performance.now() + 4000; performance.now() < untilMs;) {
    const { handed, fate } = asking.send(connectorAddress(group, instance), Buffer.from(`${asked++}`), { ttlMs: 5000 })
    for (const promise of [handed, fate]) promise.catch((error: unknown) => failures.push(error))
    await new Promise((resolve) => setTimeout(resolve, 1))
  }
  await expect.poll(() => answered.size, soon).toBe(asked)

  expect(failures).toEqual([])
  expect(asked).toBeGreaterThan(500)
  for (const client of [asking, answering]) {
    expect(client.status()).toMatchObject({ state: 'attached', reconnects: 0 })
    expect(client.status().handOvers).toBeGreaterThan(3)
  }
  expect(handedOver.filter((who) => who === instance).length).toBeGreaterThan(3)
}, 20_000)
