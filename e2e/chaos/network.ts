/**
 * Bad networks: T05, T06, T07, T08, T09, T10.
 *
 * @module
 */
import { missingForNetwork, Network } from '@sallygate/testkit/network'
import { startLoad } from '@sallygate/testkit/load'
import { pause, Rig } from './rig.ts'
import { needsRig, noReadLost, recheck, underLoad, type Scenario, type Trial } from './scenario.ts'

const needsNetwork = () => needsRig() ?? missingForNetwork()

export const networks: readonly Scenario[] = [
  {
    id: 'T10',
    says: "The relay's name is gone from DNS, while its session lasts and when it is cut, and then leads to another address.",
    withinSeconds: 300,
    missing: needsNetwork,
    run: (trial) => inOwnNetwork(trial, namesGone, relayName),
  },
  {
    id: 'T05',
    says: 'Between the only connector and the relay 10 % of all packets are lost, then 30 %.',
    withinSeconds: 300,
    missing: needsNetwork,
    run: (trial) => inOwnNetwork(trial, lossy),
  },
  {
    id: 'T06',
    says: 'Five megabytes of people are fetched through a line of 256 kbit/s while others sign in.',
    withinSeconds: 600,
    missing: needsNetwork,
    run: (trial) => inOwnNetwork(trial, slowLine),
  },
  {
    id: 'T07',
    says: 'Every message takes 400 ms, and up to 400 ms more.',
    withinSeconds: 300,
    missing: needsRig,
    run: (trial) =>
      underLoad(trial, {
        rig: {},
        perSecond: 40,
        seconds: trial.isShort ? 15 : 120,
        async attack(rig) {
          for (const line of rig.lines.values()) line.ways = { delayMs: 200, jitterMs: 200 }
          await pause(trial.isShort ? 10_000 : 110_000)
          const states = await Promise.all([rig.listed('one'), rig.listed('two')])
          trial.must(
            states.every((one) => one?.health === 'healthy'),
            'a connector was taken for silent',
          )
          for (const line of rig.lines.values()) line.ways = {}
        },
        judge: (report, _trial, rig) => {
          noReadLost(report, trial)
          trial.must(report.of('signIn').good === report.of('signIn').ends.length, 'a sign-in failed')
          // One connection enrolled it, and one is its session.
          for (const [name, line] of rig.lines) trial.must(line.accepted === 2, `${name} dialled again`)
        },
      }),
  },
  {
    id: 'T08',
    says: 'Every byte between connectors and relay comes alone.',
    withinSeconds: 300,
    missing: needsRig,
    run: (trial) =>
      underLoad(trial, {
        rig: {},
        perSecond: 8,
        seconds: 20,
        async attack(rig) {
          const before = rig.parts.map((part) => part.cpuSeconds)
          for (const line of rig.lines.values()) line.ways = { sliceBytes: 1 }
          await pause(12_000)
          for (const line of rig.lines.values()) line.ways = {}
          const used = rig.parts.map((part, at) => part.cpuSeconds - (before[at] ?? 0))
          trial.tell('processor time of the busiest part in 12 s', Math.max(...used), 's')
        },
        judge: (report) => noReadLost(report, trial),
      }),
  },
  {
    id: 'T09',
    says: 'Every connection to the relay is reset every 2 s for a minute, then left alone.',
    withinSeconds: 400,
    missing: needsRig,
    run: (trial) =>
      underLoad(trial, {
        rig: {},
        perSecond: 20,
        seconds: trial.isShort ? 25 : 75,
        async attack(rig) {
          const storms = trial.isShort ? 8 : 30
          for (let storm = 0; storm < storms; storm++) {
            for (const line of rig.lines.values()) line.reset()
            await pause(2000)
          }
          const dials = Math.max(...[...rig.lines.values()].map(({ accepted }) => accepted))
          trial.tell('connections of the busiest connector', dials)
          // Plain requests live through it, with two connections under way; a WebSocket that breaks waits longer each time.
          trial.must(dials <= 2 * storms + 6, 'more was dialled than was cut')
          const said = (words: string) => rig.connector('one').log().split(words).length - 1
          trial.tell('sessions with the relay', said('"attached"'))
          trial.must(said('"attached"') <= Math.max(4, storms / 3), 'a session for every reset')
          trial.tell('log lines about it', said('no session with the relay'))
          trial.must(said('no session with the relay') <= 8, 'a log line for every reset')
          await rig.until(async () => (await rig.search()) === 'ok', 90_000, 'a look-up works again')
        },
        judge: (report) => {
          const named = Object.keys(report.others).every((code) => code.startsWith('CONSOLE_'))
          trial.must(named, `ends without a name: ${JSON.stringify(report.others)}`)
          const reads = report.of('read')
          trial.tell('reads answered well', Math.round((reads.good / reads.ends.length) * 1000) / 10, '%')
        },
      }),
  },
]

async function inOwnNetwork(
  trial: Trial,
  attack: (rig: Rig, network: Network, trial: Trial) => Promise<void>,
  relayName?: string,
) {
  const network = Network.open()
  try {
    if (relayName !== undefined) network.setNames({ [relayName]: network.outside })
    const named = relayName === undefined ? {} : { relayName }
    const rig = await Rig.open({ connectors: ['one'], networks: { one: network }, ...named })
    try {
      await rig.takeBaseline()
      await attack(rig, network, trial)
      network.clear()
      await recheck(rig, trial)
    } finally {
      await rig.close()
    }
  } finally {
    network.close()
  }
}

const relayName = 'relay.office.test'

async function namesGone(rig: Rig, network: Network, trial: Trial): Promise<void> {
  const { pid } = rig.connector('one')
  network.setNames({})
  for (let at = 0; at < 20; at++) trial.must((await rig.search()) === 'ok', 'the session outlives its name')
  network.drop('both')
  await rig.untilHealth('one', 'dead', 40_000)
  network.clear()
  await pause(5000)
  trial.must(rig.connector('one').pid === pid && rig.connector('one').isRunning, 'the connector ended')
  trial.must(/DIAL_[A-Z_]*(?:DNS|NAME)/.test(rig.connector('one').log()), 'the log does not name the name')
  network.setNames({ [relayName]: network.alsoOutside })
  const backMs = await rig.until(async () => (await rig.search()) === 'ok', 90_000, 'it finds the other address')
  trial.tell('at the other address after', backMs / 1000, 's')
}

async function lossy(rig: Rig, network: Network, trial: Trial): Promise<void> {
  const kinds = [
    { name: 'read', weight: 7, call: () => rig.search() },
    { name: 'signIn', weight: 3, call: () => rig.signIn() },
  ]
  for (const percent of [10, 30]) {
    network.lose(percent, rig.relayPort)
    const seconds = trial.isShort ? 8 : 30
    const report = await startLoad({ perSecond: 10, seconds, kinds, seed: trial.seed }).done
    trial.tell(`of ${report.ends.length} calls at ${percent} % answered well`, report.good)
    trial.tell(`p99 at ${percent} %`, report.latency(0.99) / 1000, 's')
    const named = Object.keys(report.others).every((code) => code.startsWith('CONSOLE_'))
    trial.must(named, `ends without a name: ${JSON.stringify(report.others)}`)
    if (percent === 10) trial.must(report.good === report.ends.length, JSON.stringify(report.others))
  }
  network.clear()
  await rig.until(async () => (await rig.search()) === 'ok', 60_000, 'a look-up works again')
}

async function slowLine(rig: Rig, network: Network, trial: Trial): Promise<void> {
  network.slow(256, rig.relayPort)
  await pause(1000)
  const kinds = [{ name: 'signIn', weight: 1, call: () => rig.signIn(20_000) }]
  const quiet = await startLoad({ perSecond: 2, seconds: 10, kinds, seed: trial.seed }).done
  const before = quiet.latency(0.99)
  trial.tell('sign-in p99 on the quiet line', before / 1000, 's')
  let bulk = 0
  let isOver = false
  const fetching = (async () => {
    while (!isOver) {
      const answer = await rig.bulk()
      trial.must(answer === 'ok', `the bulk answer: ${answer}`)
      bulk++
    }
  })()
  await pause(3000)
  const busy = await startLoad({ perSecond: 2, seconds: trial.isShort ? 20 : 120, kinds, seed: trial.seed }).done
  isOver = true
  await fetching
  trial.tell('large answers', bulk)
  trial.tell('sign-in p99 beside them', busy.latency(0.99) / 1000, 's')
  if (process.env['CHAOS_DETAIL'] !== undefined)
    console.log(busy.ends.map(({ dueMs, endMs }) => `${Math.round(dueMs)}:${Math.round(endMs - dueMs)}`).join(' '))
  trial.tell('slowest sign-in', busy.latency(1) / 1000, 's')
  trial.must(busy.good === busy.ends.length, `sign-ins ended otherwise: ${JSON.stringify(busy.others)}`)
  trial.must(busy.latency(0.99) <= before + 1000, 'sign-ins waited more than a second longer')
}
