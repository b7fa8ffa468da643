import { FakeClock } from '@sallygate/testkit'
import { expect, test } from 'vitest'
import type { Events } from './events.ts'
import { EventWatch, type Seen, type SeenConnector } from './watch.ts'

const connector: SeenConnector = {
  id: 'c1',
  name: 'Berlin',
  group: 'g',
  isRevoked: false,
  isAttached: true,
  hasClone: false,
  policyDigest: 'a',
  services: [{ service: 'directory', state: 'healthy', code: '' }],
}

const calm: Seen = { isRelayWanted: true, isRelayAttached: true, connectors: [connector], lostRows: 0, canWrite: true }

/** Looks at each of these in turn. @returns the names of what was raised. */
function watching(...sights: readonly Seen[]): readonly string[] {
  const raised: string[] = []
  const events = { raise: (name: string) => void raised.push(name), flush: () => Promise.resolve() }
  let at = 0
  const watch = new EventWatch({
    clock: new FakeClock(),
    events: events as unknown as Events,
    look: () => sights[at++] ?? calm,
    certificateEnds: () => Promise.resolve([]),
  })
  for (let look = 1; look < sights.length; look++) watch.look()
  return raised
}

const one = (change: Partial<SeenConnector>): Seen => ({ ...calm, connectors: [{ ...connector, ...change }] })
const failing = one({ services: [{ service: 'directory', state: 'failed', code: 'DIRECTORY_UNREACHABLE' }] })

test.each<readonly [string, readonly Seen[], readonly string[]]>([
  ['nothing changes', [calm, calm, calm], []],
  ['the relay goes and comes', [calm, { ...calm, isRelayAttached: false }, calm], ['relayLost', 'relayBack']],
  ['the relay is turned off', [calm, { ...calm, isRelayAttached: false, isRelayWanted: false }], []],
  [
    'a connector leaves and comes back',
    [calm, one({ isAttached: false }), calm],
    ['connectorLeft', 'connectorAttached'],
  ],
  [
    'all are gone because the relay is',
    [calm, { ...one({ isAttached: false }), isRelayAttached: false }],
    ['relayLost'],
  ],
  ['a connector is enrolled', [{ ...calm, connectors: [] }, calm], ['connectorEnrolled', 'connectorAttached']],
  ['a connector is revoked', [calm, one({ isRevoked: true, isAttached: false })], ['connectorRevoked']],
  ['a clone comes and goes', [calm, one({ hasClone: true }), calm], ['cloneAlarm', 'cloneAlarmOver']],
  ['the policy changes', [calm, calm, one({ policyDigest: 'b' })], ['policyChanged']],
  ['a service fails and recovers', [calm, failing, failing, calm], ['serviceFailed', 'serviceRecovered']],
  ['rows of the request log are lost', [calm, { ...calm, lostRows: 3 }], ['requestsNotLogged']],
  ['the disk fills and empties', [calm, { ...calm, canWrite: false }, calm], ['storeNotWritable', 'storeWritable']],
])('%s', (_, sights, names) => {
  expect(watching(...sights)).toEqual(names)
})
