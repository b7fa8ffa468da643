/**
 * Too many, too slow, too often: T44, T76 a, b, c and e.
 *
 * @module
 */
import { spawn } from 'node:child_process'
import { connect as connectTcp } from 'node:net'
import { connect as connectTls } from 'node:tls'
import { findProgram } from '@sallygate/testkit/peers'
import { startLoad, type LoadReport } from '@sallygate/testkit/load'
import { startBenchRelay } from '../../bench/parts/attached.ts'
import { startCrowd } from '../../bench/parts/start-crowd.ts'
import { pause, Rig } from './rig.ts'
import { needsRig, peakOf, recheck, type Scenario, type Trial } from './scenario.ts'

const needsSlow = () =>
  needsRig() ??
  (findProgram('slowhttptest') === undefined ? 'slowhttptest is not installed (Debian package)' : undefined)

export const crowds: readonly Scenario[] = [
  {
    id: 'T76a',
    says: 'A relay with 5,000 simulated connectors is killed with -9 and started again at once.',
    withinSeconds: 500,
    run: herd,
  },
  {
    id: 'T76b',
    says: 'Three times as many look-ups as can be answered are asked for, for 60 s.',
    withinSeconds: 300,
    missing: needsRig,
    run: overload,
  },
  {
    id: 'T76c',
    says: 'slowhttptest keeps hundreds of slow connections at the relay and at the console: slow headers, slow bodies, slow reading.',
    withinSeconds: 400,
    missing: needsSlow,
    run: slowClients,
  },
  {
    id: 'T76e',
    says: 'Ten thousand connections to the relay are made and cut, half of them in the middle of TLS.',
    withinSeconds: 400,
    missing: needsRig,
    run: connectAndCut,
  },
]

async function herd(trial: Trial): Promise<void> {
  const count = trial.isShort ? 300 : 5000
  const settings = { maxConnections: 16_000, maxUnproven: 2000, maxUnprovenPerAddress: 2000 }
  const relay = await startBenchRelay({ settings })
  try {
    // Admitted as they come; what is measured is how they come back.
    const crowd = await startCrowd(relay, count)
    await relay.restart()
    const began = performance.now()
    while (crowd.attached() > count * 0.9 && performance.now() - began < 20_000) await pause(20)
    const marks = new Map<number, number>()
    while (!marks.has(1) && performance.now() - began < 180_000) {
      await pause(50)
      for (const mark of [0.5, 0.9, 0.99, 1]) {
        if (crowd.attached() >= count * mark && !marks.has(mark)) marks.set(mark, (performance.now() - began) / 1000)
      }
    }
    for (const [mark, seconds] of marks) trial.tell(`${mark * 100} % back after`, seconds, 's')
    crowd.stop()
    trial.must((marks.get(0.99) ?? Infinity) <= 60, '99 % were not back within 60 s')
  } finally {
    await relay.stop()
  }
}

async function overload(trial: Trial): Promise<void> {
  const rig = await Rig.open()
  try {
    await peakOf(rig, 3)
    await rig.takeBaseline()
    const peak = await peakOf(rig, trial.isShort ? 4 : 10)
    trial.tell('peak, at 24 in flight', peak, 'look-ups a second')
    const seconds = trial.isShort ? 10 : 60
    const kinds = [
      { name: 'read', weight: 39, call: () => rig.search(undefined, 5000) },
      { name: 'signIn', weight: 1, call: () => rig.signIn() },
    ]
    const report = await startLoad({
      perSecond: Math.round(peak * 3),
      seconds,
      kinds,
      seed: trial.seed,
      mostOpen: 3000,
    }).done
    const goodput = report.good / seconds
    trial.tell('answered well at three times that', goodput, 'a second')
    trial.tell('of the peak', (goodput / peak) * 100, '%')
    trial.tell('refused by name', report.ends.length - report.good)
    trial.tell('not even made by the load', report.notMade)
    trial.tell('sign-ins answered well', share(report.of('signIn')), '%')
    const named = Object.keys(report.others).every((code) => /^[A-Z]+_[A-Z_]+$/.test(code))
    trial.must(named, `ends without a name: ${JSON.stringify(report.others)}`)
    trial.must(goodput >= peak * 0.8, 'goodput fell below 80 % of the peak')
    await pause(3000)
    await recheck(rig, trial)
  } finally {
    await rig.close()
  }
}

const share = (report: LoadReport) => (report.good / Math.max(1, report.ends.length)) * 100

async function slowClients(trial: Trial): Promise<void> {
  const rig = await Rig.open()
  try {
    await rig.takeBaseline()
    const seconds = trial.isShort ? 8 : 30
    for (const [where, url] of [
      ['relay', `https://127.0.0.1:${rig.relayPort}/awcm`],
      ['console', `${rig.url}/api/session`],
    ] as const) {
      for (const [kind, flags] of [
        ['headers', ['-H']],
        ['bodies', ['-B', '-t', 'POST']],
        ['reading', ['-X', '-w', '10', '-y', '20', '-n', '5', '-z', '32']],
      ] as const) {
        const args = ['-c', '400', ...flags, '-i', '5', '-r', '200', '-l', String(seconds), '-u', url]
        const attack = spawn(findProgram('slowhttptest') ?? 'slowhttptest', args, { stdio: 'ignore' })
        const ended = new Promise((resolve) => attack.once('exit', resolve))
        const kinds = [{ name: 'read', weight: 1, call: () => rig.search() }]
        const report = await startLoad({ perSecond: 5, seconds: seconds - 2, kinds, seed: trial.seed }).done
        attack.kill('SIGKILL')
        await ended
        trial.tell(`${where}, slow ${kind}: p99`, report.latency(0.99) / 1000, 's')
        trial.must(report.good === report.ends.length, `${where}, slow ${kind}: ${JSON.stringify(report.others)}`)
      }
    }
    await pause(12_000)
    await recheck(rig, trial)
  } finally {
    await rig.close()
  }
}

async function connectAndCut(trial: Trial): Promise<void> {
  const rig = await Rig.open()
  try {
    await rig.takeBaseline()
    const cycles = trial.isShort ? 1000 : 10_000
    const began = performance.now()
    let made = 0
    const worker = async () => {
      while (made < cycles) {
        made++
        await (made % 2 === 0 ? cutTcp(rig.relayPort) : cutTls(rig.relayPort))
      }
    }
    await Promise.all(Array.from({ length: 16 }, worker))
    trial.tell('connections a second', cycles / ((performance.now() - began) / 1000))
    await pause(11_000)
    await recheck(rig, trial)
  } finally {
    await rig.close()
  }
}

function cutTcp(port: number): Promise<void> {
  return new Promise((resolve) => {
    const socket = connectTcp(port, '127.0.0.1', () => {
      // The beginning of a TLS record, and never its end.
      socket.write(Buffer.from([22, 3, 1, 2, 0, 1]), () => socket.resetAndDestroy())
    })
    socket.on('error', () => undefined).on('close', () => resolve())
  })
}

function cutTls(port: number): Promise<void> {
  return new Promise((resolve) => {
    const socket = connectTls({ port, host: '127.0.0.1', rejectUnauthorized: false }, () => {
      socket.write('GET /awcm HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\n')
      socket.destroy()
    })
    socket.on('error', () => undefined).on('close', () => resolve())
  })
}
