import { writeFileSync } from 'node:fs'
import { makeId, type GroupId } from '@sallygate/trust'
import { expect, test } from 'vitest'
import { homeAt } from './home.ts'
import { GateOfOne } from './testing/gate-of-one.ts'

const refusal = { outcome: 'notStarted', failure: { code: 'CONNECTOR_SWITCHED_OFF' } }

/** What a console says that has forgotten to look at its own switches. */
async function tell(gate: GateOfOne, settings: Record<string, unknown>, generation: number) {
  const params = { service: 'instance', settings, generation }
  return gate.call('instance.configure', params, { class: 'S', generation })
}

test('what the console has switched off is refused here too, also when the console asks for it', async () => {
  await using gate = await GateOfOne.live()

  const before = await gate.call('sample.read')
  const told = await tell(gate, { components: { selfService: false } }, 1)
  const [component, other] = [
    await gate.call('sample.read', {}, { component: 'selfService' }),
    await gate.call('sample.read'),
  ]
  await tell(gate, { services: { sample: false } }, 2)
  const service = await gate.call('sample.read')
  await tell(gate, { isEnabled: false }, 3)
  const all = await gate.call('sample.read')
  const status = await gate.call('instance.status')
  await tell(gate, {}, 4)
  const after = await gate.call('sample.read')

  expect(told).toMatchObject({ result: { applied: true, status: { generation: 1, state: { kind: 'healthy' } } } })
  expect([component, service, all]).toMatchObject([refusal, refusal, refusal])
  expect([before, other, status, after].map(({ outcome }) => outcome)).toEqual(['done', 'done', 'done', 'done'])
})

test('a group that is served with other switches is held to its own', async () => {
  await using gate = await GateOfOne.live()
  const child = makeId<GroupId>()
  const switches = { isEnabled: true, services: { sample: false }, components: {} }

  await tell(gate, { actingGroups: { [child]: switches } }, 1)

  expect(await gate.call('sample.read', {}, { actingGroup: child })).toMatchObject(refusal)
  expect(await gate.call('sample.read')).toMatchObject({ outcome: 'done' })
})

test('an older number, and settings that are none, change nothing', async () => {
  await using gate = await GateOfOne.live()
  await tell(gate, { isEnabled: false }, 5)

  const older = await tell(gate, { isEnabled: true }, 4)
  const wrong = await tell(gate, { isEnabled: 'perhaps' }, 6)

  expect(older).not.toMatchObject({ result: { applied: true } })
  expect(wrong).toMatchObject({ failure: { code: 'SERVICE_SETTINGS_INVALID' } })
  expect(await gate.call('sample.read')).toMatchObject(refusal)
})

test('switches hold over a restart; where they cannot be read any more, nothing is carried out', async () => {
  await using gate = await GateOfOne.live()
  await tell(gate, { services: { sample: false } }, 1)
  await gate.stopConnectors()
  await gate.start()
  const kept = await gate.call('sample.read')
  await gate.stopConnectors()
  writeFileSync(homeAt(gate.home).serviceSettings('instance'), 'damaged')

  await gate.start()

  expect(kept).toMatchObject(refusal)
  expect(await gate.call('sample.read')).toMatchObject(refusal)
  expect(await tell(gate, {}, 2)).toMatchObject({ result: { applied: true } })
  expect(await gate.call('sample.read')).toMatchObject({ outcome: 'done' })
})

test('an address that does not lead to the relay is not taken, and is said', async () => {
  await using gate = await GateOfOne.live()

  const told = await tell(gate, { relayUrl: 'not an address' }, 1)

  expect(told).toMatchObject({
    result: { applied: true, status: { state: { kind: 'degraded', code: 'CONNECTOR_RELAY_NOT_MOVED' } } },
  })
  expect(await gate.call('sample.read')).toMatchObject({ outcome: 'done' })
})
