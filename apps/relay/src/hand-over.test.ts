import { expect, test } from 'vitest'
import { FakeClock } from '@sallygate/testkit'
import { anyConsole, signHandOver, signWith, verifyHandOver } from '@sallygate/hop'
import { addressOf, person, type Person, type TrialPeer } from './testing/trial-peer.ts'
import { Trial } from './testing/trial.ts'

async function pairOf(trial: Trial, who: Person) {
  const [old, oldId] = await attached(trial, who)
  const [next, nextId] = await attached(trial, who)
  return { old, oldId, next, nextId }
}

async function attached(trial: Trial, who: Person): Promise<readonly [TrialPeer, string]> {
  const peer = await trial.open()
  await peer.prove(who)
  return [peer, (await peer.next('attached')).attachment]
}

async function handOver(trial: Trial, who: Person, from: TrialPeer, attachment: string, successor: string) {
  const { group, instance } = who.identity
  const statement = { relay: trial.relayId, group, instance, attachment, successor }
  from.send(await signHandOver(statement, signWith(who.privateKey)))
  return await from.next('handedOver')
}

test('a hand-over is told to consoles with its signature, and answered (PROTOCOL M-H27)', async () => {
  await using trial = await Trial.start()
  const connector = person('connector')
  const console = await trial.attachConsole()
  await trial.admit(console, connector)
  const { old, oldId, nextId } = await pairOf(trial, connector)

  const answer = await handOver(trial, connector, old, oldId, nextId)

  const told = await console.next('handedOver')
  expect(told).toEqual(answer)
  expect(told).toMatchObject({ ...connectorNames(connector), attachment: oldId, successor: nextId })
  expect(verifyHandOver(told, trial.relayId, connector.identity.publicKey)).toBe(true)
})

test('what waited for the old attachment goes to its successor, and so does what comes after (PROTOCOL M-H27)', async () => {
  await using trial = await Trial.start()
  const connector = person('connector')
  const console = await trial.attachConsole()
  await trial.admit(console, connector)
  const [old, oldId] = await attached(trial, connector)
  for (let count = 0; count < 40; count++) console.cargo(addressOf(connector), `${count}`)
  await console.settled()
  const [next, nextId] = await attached(trial, connector)

  await handOver(trial, connector, old, oldId, nextId)
  console.cargo(addressOf(connector), 'last')

  const texts: string[] = []
  while (texts.at(-1) !== 'last') texts.push(Buffer.from((await next.next('cargo')).cargo).toString())
  expect(texts).toEqual(['32', '33', '34', '35', '36', '37', '38', '39', 'last'])
  expect(old.inbox.filter(({ type }) => type === 'cargo')).toHaveLength(32)
})

test('what becomes of cargo that the old attachment has sent is told to its successor (PROTOCOL M-H27)', async () => {
  const clock = new FakeClock()
  await using trial = await Trial.start({ clock })
  const connector = person('connector')
  await trial.admit(await trial.attachConsole(), connector)
  const { old, oldId, next, nextId } = await pairOf(trial, trial.console)
  const far = await trial.attach(connector)
  const tokens = Array.from({ length: 33 }, () => old.cargo(addressOf(connector), 'x', { ttlMs: 2000 }))
  await old.settled()

  await handOver(trial, trial.console, old, oldId, nextId)
  const before = Number(trial.relay.statistics()['consoles'])
  old.socket.terminate()
  await old.closed
  // The relay hears of it in its own time, and until then it would tell the old one.
  await expect.poll(() => trial.relay.statistics()['consoles']).toBe(before - 1)
  await far.settled()
  await clock.advance(2500)

  expect(await next.next('undelivered')).toMatchObject({ token: tokens[32], reason: 'expired' })
})

test('a second hand-over of one attachment, and one of a guest, change nothing', async () => {
  await using trial = await Trial.start()
  const console = await trial.attachConsole()
  await trial.admit(console)
  const guest = await trial.attach(person('guest'))

  guest.send({ type: 'handOver', successor: '11'.repeat(8), signature: Buffer.alloc(64) })
  guest.cargo(anyConsole, 'still here')

  expect(Buffer.from((await console.next('cargo')).cargo).toString()).toBe('still here')
  expect(console.has('handedOver')).toBe(false)
})

test('who stays too long is asked to come back anew, at a time of its own, and cut if it does not (PROTOCOL M-H26)', async () => {
  const clock = new FakeClock()
  await using trial = await Trial.start({ clock, settings: { sessionAge: '30s' } })
  const peers = await Promise.all([trial.attachConsole(), trial.attachConsole(), trial.attachConsole()])
  const pass = async (seconds: number) => {
    for (let second = 0; second < seconds; second++) {
      for (const peer of peers) if (peer.socket.readyState === 1) await peer.settled()
      await clock.advance(1000)
    }
  }

  await pass(35)
  const away = await Promise.all(peers.map((peer) => peer.next('goAway')))
  await pass(31)

  expect(away.every(({ reason, afterMs }) => reason === 'rebalance' && afterMs < 3000)).toBe(true)
  expect(new Set(away.map(({ afterMs }) => afterMs)).size).toBeGreaterThan(1)
  await Promise.all(peers.map(({ closed }) => closed))
  expect(trial.relay.statistics()).toMatchObject({ ended: { aged: 3 } })
})

function connectorNames({ identity: { group, instance } }: Person) {
  return { group, instance }
}
