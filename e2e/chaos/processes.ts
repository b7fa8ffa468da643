/**
 * Processes that are killed, stopped and cut off under load: T01, T02, T03, T04, T15, T16.
 *
 * @module
 */
import { needsRig, noReadLost, underLoad, type Scenario } from './scenario.ts'
import { pause } from './rig.ts'

const missing = needsRig
const perSecond = 200

export const processes: readonly Scenario[] = [
  {
    id: 'T01',
    says: 'The relay is killed with -9 under 200 calls a second and started again after 3 s.',
    withinSeconds: 240,
    missing,
    run: (trial) =>
      underLoad(trial, {
        rig: {},
        perSecond,
        seconds: trial.isShort ? 20 : 45,
        async attack(rig) {
          // A session has to have stood for a while before the failures in front of it are forgotten.
          if (!trial.isShort) await pause(22_000)
          await rig.relay.kill()
          await pause(3000)
          rig.relay.start()
          const isUp = () => rig.relay.log().split('relay listens').length > 2
          trial.tell('relay listens again after', (await rig.until(isUp, 30_000, 'the relay listens')) / 1000, 's')
          const backMs = await rig.until(async () => (await rig.search()) === 'ok', 30_000, 'a look-up works again')
          trial.tell('then a look-up works after', backMs / 1000, 's')
          trial.must(backMs < 20_000, 'that took more than 20 s')
        },
        // A sign-in waits for the relay within its own deadline.
        judge: (report) => noReadLost(report, trial, ['CONSOLE_RELAY_AWAY', 'CONSOLE_NO_CONNECTOR_ATTACHED']),
      }),
  },
  {
    id: 'T02',
    says: 'One of two connectors is killed with -9 under 200 calls a second, and started again.',
    withinSeconds: 240,
    missing,
    run: (trial) =>
      underLoad(trial, {
        rig: {},
        perSecond,
        seconds: 16,
        async attack(rig) {
          await rig.connector('one').kill()
          await pause(6000)
          rig.connector('one').start()
          trial.tell('live again after', (await rig.untilLive('one')) / 1000, 's')
        },
        judge: (report) => noReadLost(report, trial),
      }),
  },
  {
    id: 'T15',
    says: 'One of two connectors is stopped (SIGSTOP) for 30 s under 200 calls a second, then goes on.',
    withinSeconds: 300,
    missing,
    run: (trial) =>
      underLoad(trial, {
        rig: {},
        perSecond,
        seconds: trial.isShort ? 20 : 45,
        async attack(rig) {
          rig.connector('one').signal('SIGSTOP')
          const suspectMs = await rig.untilSuspected('one')
          trial.tell('suspected after', suspectMs / 1000, 's')
          trial.must(suspectMs < (trial.isShort ? 12_000 : 6500), 'suspected too late')
          const deadMs = suspectMs + (await rig.untilHealth('one', 'dead', 25_000))
          trial.tell('dead after', deadMs / 1000, 's')
          if (!trial.isShort) await pause(30_000 - deadMs)
          rig.connector('one').signal('SIGCONT')
          trial.tell('live again after', (await rig.untilLive('one')) / 1000, 's')
        },
        judge: (report) => noReadLost(report, trial),
      }),
  },
  {
    id: 'T16',
    says: 'The relay is stopped (SIGSTOP) for 30 s under load, then goes on.',
    withinSeconds: 300,
    missing,
    run: (trial) =>
      underLoad(trial, {
        rig: {},
        perSecond: 60,
        seconds: 50,
        async attack(rig) {
          rig.relay.signal('SIGSTOP')
          await pause(30_000)
          rig.relay.signal('SIGCONT')
          const backMs = await rig.until(async () => (await rig.search()) === 'ok', 30_000, 'a look-up works again')
          trial.tell('a look-up works again after', backMs / 1000, 's')
        },
        // There is one relay: what was asked while it stood still may end by name. Nothing may be done twice.
        judge: (report) => {
          const named = Object.keys(report.others).every((code) => code.startsWith('CONSOLE_'))
          trial.must(named, `ends without a name: ${JSON.stringify(report.others)}`)
        },
      }),
  },
  {
    id: 'T03',
    says: 'One of two connectors is cut off without a word, both ways, for 60 s under 200 calls a second.',
    withinSeconds: 300,
    missing,
    run: (trial) =>
      underLoad(trial, {
        rig: {},
        perSecond,
        seconds: trial.isShort ? 25 : 75,
        async attack(rig) {
          rig.line('one').ways = { blackHole: 'both' }
          const suspectMs = await rig.untilSuspected('one')
          trial.tell('suspected after', suspectMs / 1000, 's')
          trial.must(suspectMs < (trial.isShort ? 12_000 : 6500), 'suspected too late')
          const deadMs = suspectMs + (await rig.untilHealth('one', 'dead', 25_000))
          trial.tell('dead after', deadMs / 1000, 's')
          trial.must(deadMs < 22_000, 'the relay kept it for more than 22 s')
          if (!trial.isShort) await pause(60_000 - deadMs)
          rig.line('one').ways = {}
          rig.line('one').reset()
          trial.tell('live again after', (await rig.untilLive('one')) / 1000, 's')
        },
        judge: (report) => noReadLost(report, trial),
      }),
  },
  {
    id: 'T04',
    says: 'Of one of two connectors only the replies are lost, for 20 s under load.',
    withinSeconds: 240,
    missing,
    run: (trial) =>
      underLoad(trial, {
        rig: {},
        perSecond: 100,
        seconds: 30,
        async attack(rig) {
          rig.line('one').ways = { blackHole: 'toServer' }
          const suspectMs = await rig.untilSuspected('one')
          trial.tell('suspected after', suspectMs / 1000, 's')
          await pause(Math.max(0, 20_000 - suspectMs))
          rig.line('one').ways = {}
          rig.line('one').reset()
          trial.tell('live again after', (await rig.untilLive('one')) / 1000, 's')
        },
        judge: (report) => noReadLost(report, trial),
      }),
  },
]
