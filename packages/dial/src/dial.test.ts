import { generateKeyPairSync } from 'node:crypto'
import { afterEach, expect, test } from 'vitest'
import { silentLog } from '@sallygate/base/log'
import { anyConsole, connectorAddress, consoleAddress, randomId, rawPublicKey, signWith } from '@sallygate/hop'
import { startHostileRelay, type HostileRelay } from '@sallygate/testkit/hostile-relay'
import { dial, type DialOptions, type HopClient } from './index.ts'

const group = randomId()
const instance = randomId()
const opened: { stop(): Promise<void> }[] = []

afterEach(async () => {
  for (const one of opened.splice(0).toReversed()) await one.stop()
})

async function hostileRelay(): Promise<HostileRelay> {
  const relay = await startHostileRelay()
  opened.push(relay)
  return relay
}

function client(relay: { relay: string; url: string }, options: Partial<DialOptions> = {}): HopClient {
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  const made = dial({
    relayUrl: relay.url,
    expectedRelay: relay.relay,
    address: connectorAddress(group, instance),
    publicKey: rawPublicKey(privateKey),
    sign: signWith(privateKey),
    software: 'test/1',
    log: silentLog,
    ...options,
  })
  opened.push(made)
  return made
}

test('a cargo goes from a connector to the console and an answer comes back', async () => {
  const relay = await hostileRelay()
  const console_ = client(relay, {
    address: consoleAddress(randomId()),
    onCargo: (from, cargo, _ttlMs, acknowledge) => {
      console_.send(from, Buffer.from(`re: ${cargo.toString()}`), { ttlMs: 1000 })
      acknowledge()
    },
  })
  await console_.attached()
  const answer = Promise.withResolvers<string>()
  const connector = client(relay, {
    onCargo: (_from, cargo, _ttlMs, acknowledge) => {
      acknowledge()
      answer.resolve(cargo.toString())
    },
  })
  await connector.attached()

  const sending = connector.send(anyConsole, Buffer.from('hello'), { ttlMs: 1000, expectsAnswer: true })
  await sending.handed

  expect(await answer.promise).toBe('re: hello')
})
