import { expect, test } from 'vitest'
import { RawSocket } from './testing/raw-socket.ts'
import { addressOf, person } from './testing/trial-peer.ts'
import { Trial } from './testing/trial.ts'

test('a relay without file descriptors left keeps its peers, and takes new ones when there are some again (T25)', async () => {
  await using trial = Trial.prepare()
  const child = await trial.startProcess({ maxUnprovenPerAddress: 1000 }, 80)
  const connector = person('connector')
  const console = await trial.attachConsole()
  await trial.admit(console, connector)
  const far = await trial.attach(connector)

  const crowd = await Promise.all(Array.from({ length: 200 }, () => RawSocket.tcp(trial)))
  for (let round = 0; round < 5; round++) {
    console.cargo(addressOf(connector), 'x')
    await far.next('cargo')
  }
  for (const { socket } of crowd) socket.destroy()
  await Promise.all(crowd.map(({ closed }) => closed))
  const newcomer = await trial.attach(connector)

  expect(await newcomer.settled()).toBeUndefined()
  expect(child.exitCode).toBeNull()
  // Also a list must not be lost for want of a descriptor once there are some.
  expect(await trial.admit(console, connector)).toMatchObject({ ok: true })
})
