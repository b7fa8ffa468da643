/**
 * What the console believes of a reply, with a relay that does as the test says.
 *
 * @module
 */
import type { KeyObject } from 'node:crypto'
import { silentLog } from '@sallygate/base/log'
import { dialFailure, type Sending } from '@sallygate/dial'
import {
  makeXWingPrivateKey,
  openRequest,
  ReplyWriter,
  type OpenedRequest,
  type XWingPrivateKey,
} from '@sallygate/envelope'
import { encodeDone, encodeFailed } from '@sallygate/service-kit'
import { FakeClock } from '@sallygate/testkit'
import { keyIdOf, makeId, makePrivateKey, publicKeyOf, type GroupId, type InstanceId } from '@sallygate/trust'
import { expect, test } from 'vitest'
import type { Attempt, Errand } from './carrier.ts'
import { Exchanges, type ExchangesParts } from './exchange.ts'

interface Far {
  readonly id: InstanceId
  readonly group: GroupId
  readonly privateKey: KeyObject
  readonly encryption: XWingPrivateKey
}

function far(group: GroupId): Far {
  return { id: makeId<InstanceId>(), group, privateKey: makePrivateKey(), encryption: makeXWingPrivateKey() }
}

class Trial {
  readonly clock = new FakeClock()
  readonly group = makeId<GroupId>()
  readonly one = far(this.group)
  readonly two = far(this.group)
  readonly stranger = far(makeId<GroupId>())
  readonly revoked = new Set<string>()
  readonly journal: string[] = []
  readonly sent: { cargo: Uint8Array; refuse: (error: unknown) => void; settled: boolean }[] = []
  readonly gone = new Set<string>()
  bootNonce = '11'.repeat(16)
  readonly #watchers = new Set<() => void>()
  isAttached = true
  handed: Promise<void> = Promise.resolve()
  journalFailure: Error | undefined
  readonly #signing = makePrivateKey()
  readonly exchanges: Exchanges

  constructor() {
    const all = [this.one, this.two, this.stranger]
    const entries = all.map((peer) => ({
      id: peer.id,
      group: peer.group,
      name: 'c',
      keys: [{ keyId: keyIdOf(peer.privateKey), publicKey: publicKeyOf(peer.privateKey) }],
    }))
    const isGood = (entry: { id: string }) => !this.revoked.has(entry.id)
    const signing = { privateKey: this.#signing, certificate: { keyId: keyIdOf(this.#signing) } }
    const parts = {
      clock: this.clock,
      log: silentLog,
      authorities: { signerKnownIn: () => Promise.resolve(signing) },
      book: {
        find: (id: string) => entries.find((entry) => entry.id === id),
        isGood,
        signer: (keyId: string) => {
          const entry = entries.find(({ keys }) => keys[0]?.keyId === keyId)
          return entry !== undefined && isGood(entry) ? { entry, key: entry.keys[0] } : undefined
        },
      },
      sessions: {
        of: (id: string) => {
          const peer = all.find((candidate) => candidate.id === id)
          return (
            peer && {
              instance: id,
              encryptionKey: peer.encryption.publicKey,
              bootNonce: this.bootNonce,
              trustSetNumber: 7,
            }
          )
        },
        isAttached: (id: string) => !this.gone.has(id),
        onChange: (_group: string, action: () => void) => {
          this.#watchers.add(action)
          return () => this.#watchers.delete(action)
        },
      },
      link: {
        isAttached: true,
        send: (_to: unknown, cargo: Uint8Array): Sending | undefined => {
          if (!this.isAttached) return undefined
          const fate = Promise.withResolvers<'settled'>()
          fate.promise.catch(() => {})
          const sent = { cargo, refuse: fate.reject, settled: false }
          this.sent.push(sent)
          return { token: '00'.repeat(8), handed: this.handed, fate: fate.promise, settle: () => (sent.settled = true) }
        },
      },
      journal: {
        handed: () => {
          this.journal.push('handed')
          return this.journalFailure === undefined ? Promise.resolve() : Promise.reject(this.journalFailure)
        },
        ended: (_errand: unknown, _instance: string, _sealed: unknown, outcome: string, digest: unknown) =>
          this.journal.push(`${outcome} ${digest === undefined ? 'without' : 'with'} reply`),
      },
    }
    // Only what the exchanges use of each; the rest is tested where it is.
    this.exchanges = new Exchanges(parts as unknown as ExchangesParts)
  }

  /** Somebody of the group came, left or said hello. */
  changed(): void {
    for (const watcher of Array.from(this.#watchers)) watcher()
  }

  get watchers(): number {
    return this.#watchers.size
  }

  carry(to: Far, more: Partial<Errand> = {}, signal = new AbortController().signal): Promise<Attempt> {
    const errand: Errand = {
      group: this.group,
      actingGroup: this.group,
      component: 'other',
      operation: 'directory.search',
      class: 'R',
      parameters: Buffer.from('{}'),
      generation: undefined,
      idempotencyKey: undefined,
      ...more,
    }
    const reachable = { instance: to.id, name: 'c', isDraining: false, isCloned: false, operations: new Set<string>() }
    return this.exchanges.carry(reachable, errand, 1000, signal)
  }

  async opened(at: Far, index = 0): Promise<OpenedRequest> {
    for (let turn = 0; turn < 5 && this.sent.length <= index; turn++)
      await new Promise((resolve) => setImmediate(resolve))
    return openRequest(
      this.sent[index]?.cargo ?? Buffer.alloc(0),
      () => at.encryption,
      () => publicKeyOf(this.#signing),
    )
  }

  reply(
    opened: OpenedRequest,
    by: Far,
    outcome: 'done' | 'failed' | 'notStarted' = 'done',
    as: InstanceId = by.id,
  ): void {
    const { clock } = this
    const signer = { keyId: keyIdOf(by.privateKey), privateKey: by.privateKey }
    const failure = { code: 'X_Y', says: 's', fix: 'f', retry: 'later' as const, details: {} }
    const payload =
      outcome === 'done' ? encodeDone({ result: { by: by.id }, spans: [] }) : encodeFailed({ failure, spans: [] })
    for (const cargo of new ReplyWriter(opened, { endpoint: as, signer, clock }).finish(outcome, payload))
      this.exchanges.receive(cargo)
  }
}

test('a reply signed by the instance that was asked is the answer', async () => {
  const trial = new Trial()
  const attempt = trial.carry(trial.one)

  trial.reply(await trial.opened(trial.one), trial.one)

  expect(await attempt).toMatchObject({ kind: 'done' })
  expect(trial.journal).toEqual(['done with reply'])
  expect([trial.sent[0]?.settled, trial.clock.pending]).toEqual([true, 0])
})

test('a request names the trust set its recipient holds and is due before the console stops waiting', async () => {
  const trial = new Trial()
  void trial.carry(trial.one)

  const { request } = await trial.opened(trial.one)

  expect(request).toMatchObject({ trustSetNumber: 7, recipient: trial.one.id, bootNonce: '11'.repeat(16) })
  expect(request.deadline.getTime() - trial.clock.now().getTime()).toBe(900)
})

test('a sibling, a connector of another group, and a name that is borrowed answer nothing', async () => {
  const trial = new Trial()
  const attempt = trial.carry(trial.one)
  const opened = await trial.opened(trial.one)

  trial.reply(opened, trial.two)
  trial.reply(opened, trial.stranger)
  trial.reply(opened, trial.two, 'done', trial.one.id)
  trial.reply(opened, trial.stranger, 'failed', trial.one.id)
  await trial.clock.advance(1000)

  expect(await attempt).toEqual({ kind: 'silent', because: 'deadline' })
})

test('two replies that were exchanged on the way answer neither', async () => {
  const trial = new Trial()
  const [first, second] = [trial.carry(trial.one), trial.carry(trial.one)]
  const a = await trial.opened(trial.one, 0)
  const b = await trial.opened(trial.one, 1)
  const swapped = (from: OpenedRequest, to: OpenedRequest) => ({
    ...from,
    request: { ...from.request, requestId: to.request.requestId },
  })

  trial.reply(swapped(a, b), trial.one)
  trial.reply(swapped(b, a), trial.one)
  await trial.clock.advance(1000)

  expect(await Promise.all([first, second])).toEqual([
    { kind: 'silent', because: 'deadline' },
    { kind: 'silent', because: 'deadline' },
  ])
})

test('garbage, and a reply to nothing, change nothing', async () => {
  const trial = new Trial()
  const attempt = trial.carry(trial.one)
  const opened = await trial.opened(trial.one)

  trial.exchanges.receive(Buffer.alloc(0))
  trial.exchanges.receive(Buffer.from([2, 1, 1]))
  trial.exchanges.receive(
    Buffer.concat([Buffer.from([2, 1, 1]), Buffer.from(opened.request.requestId, 'hex'), Buffer.alloc(2000)]),
  )
  trial.reply(opened, trial.one)
  trial.reply(opened, trial.one)

  expect(await attempt).toMatchObject({ kind: 'done' })
})

test('an instance that is revoked meanwhile answers nothing any more', async () => {
  const trial = new Trial()
  const attempt = trial.carry(trial.one)
  const opened = await trial.opened(trial.one)

  trial.revoked.add(trial.one.id)
  trial.reply(opened, trial.one)
  trial.exchanges.drop(trial.one.id)

  expect(await attempt).toEqual({ kind: 'silent', because: 'gone' })
})

test('a signed refusal and a signed failure are told apart', async () => {
  const trial = new Trial()
  const refused = trial.carry(trial.one)
  trial.reply(await trial.opened(trial.one, 0), trial.one, 'notStarted')
  const failed = trial.carry(trial.one)
  trial.reply(await trial.opened(trial.one, 1), trial.one, 'failed')

  expect(await Promise.all([refused, failed])).toMatchObject([
    { kind: 'notStarted', failure: { code: 'X_Y' } },
    { kind: 'failed', failure: { code: 'X_Y' } },
  ])
})

test('what never left is not sent; what did is of unknown end, whatever the relay says', async () => {
  const away = new Trial()
  away.isAttached = false
  const held = new Trial()
  held.handed = Promise.reject(dialFailure('NOT_ATTACHED'))
  held.handed.catch(() => {})
  const notHanded = held.carry(held.one)
  await held.opened(held.one)
  held.sent[0]?.refuse(dialFailure('NOT_ATTACHED'))
  const gone = new Trial()
  const denied = gone.carry(gone.one)
  await gone.opened(gone.one)
  gone.sent[0]?.refuse(dialFailure('NO_SUCH_PEER'))
  const lost = new Trial()
  const cut = lost.carry(lost.one)
  await lost.opened(lost.one)
  lost.sent[0]?.refuse(dialFailure('LOST'))

  expect(await Promise.all([away.carry(away.one), notHanded, denied, cut])).toEqual([
    { kind: 'notSent', because: 'relayAway' },
    { kind: 'notSent', because: 'relayAway' },
    { kind: 'undelivered', because: 'noSuchPeer' },
    { kind: 'undelivered', because: 'lost' },
  ])
})

test('a caller who goes away ends the waiting, and leaves nothing behind', async () => {
  const trial = new Trial()
  const gone = new AbortController()
  const attempt = trial.carry(trial.one, {}, gone.signal)
  await trial.opened(trial.one)

  gone.abort()

  expect(await attempt).toEqual({ kind: 'silent', because: 'gone' })
  expect(trial.clock.pending).toBe(0)
})

test('what changes something is in the journal before it is sent, or is not sent', async () => {
  const trial = new Trial()
  void trial.carry(trial.one, { class: 'S', generation: 3 })
  await trial.opened(trial.one)
  const full = new Trial()
  full.journalFailure = new Error('the disk is full')

  await expect(full.carry(full.one, { class: 'N' })).rejects.toThrow('the disk is full')
  expect(trial.journal).toEqual(['handed'])
  expect(full.sent).toEqual([])
})

test('what a request costs to seal and its reply to open is told', async () => {
  const trial = new Trial()
  const rounds = 100
  let spentMs = 0
  for (let at = 0; at < rounds; at++) {
    let began = performance.now()
    const attempt = trial.carry(trial.one)
    await Promise.resolve()
    await Promise.resolve()
    spentMs += performance.now() - began
    const opened = await trial.opened(trial.one, at)
    const receive = trial.exchanges.receive.bind(trial.exchanges)
    trial.exchanges.receive = (cargo) => {
      began = performance.now()
      receive(cargo)
      spentMs += performance.now() - began
    }
    trial.reply(opened, trial.one)
    trial.exchanges.receive = receive
    await attempt
  }

  const microseconds = (spentMs / rounds) * 1000
  console.info(`exchange: ${microseconds.toFixed(0)} µs of the console per call`)
  expect(microseconds).toBeLessThan(20_000)
})

test('a read is not waited for when the instance has left, so that another can be asked at once', async () => {
  const trial = new Trial()
  const carried = trial.carry(trial.one)
  await trial.opened(trial.one)

  trial.changed()
  trial.gone.add(trial.one.id)
  trial.changed()

  await expect(carried).resolves.toEqual({ kind: 'silent', because: 'gone' })
  expect(trial.watchers).toBe(0)
})

test('a password check is waited for through a break of the network, but not for a process that has been replaced', async () => {
  const trial = new Trial()
  const carried = trial.carry(trial.one, { class: 'B' })
  const opened = await trial.opened(trial.one)
  trial.gone.add(trial.one.id)
  trial.changed()
  trial.reply(opened, trial.one)
  await expect(carried).resolves.toMatchObject({ kind: 'done' })

  const lost = trial.carry(trial.one, { class: 'B' })
  await trial.opened(trial.one, 1)
  trial.bootNonce = '22'.repeat(16)
  trial.changed()

  await expect(lost).resolves.toEqual({ kind: 'silent', because: 'gone' })
})
