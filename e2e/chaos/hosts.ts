/**
 * Hosts that are full, read-only, wrong about the time, short of memory or deaf: T23, T26, T29, T30, T32, T53, T69, TC5.
 *
 * @module
 */
import { spawnSync } from 'node:child_process'
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { findProgram } from '@sallygate/testkit/peers'
import { startLoad } from '@sallygate/testkit/load'
import { slapdReader } from '../../interop/directory/slapd.ts'
import { pause, Rig } from './rig.ts'
import { needsRig, noReadLost, recheck, underLoad, type Scenario, type Trial } from './scenario.ts'

const needsMount = () => needsRig() ?? (process.getuid?.() === 0 ? undefined : 'mounting a small disk needs root')
const fakeTime = '/usr/lib/x86_64-linux-gnu/faketime/libfaketime.so.1'
const needsClock = () =>
  needsRig() ?? (existsSync(fakeTime) ? undefined : 'libfaketime is not installed (Debian package faketime)')

export const hosts: readonly Scenario[] = [
  {
    id: 'T23',
    says: "A connector's disk is full while it works, then has room again; nothing is restarted.",
    withinSeconds: 240,
    missing: needsMount,
    run: smallDisk,
  },
  {
    id: 'T26',
    says: 'A connector with 128 MiB of memory is asked for every person there is, again and again.',
    withinSeconds: 240,
    missing: needsRig,
    run: (trial) =>
      withRig(trial, { connectors: ['one'], people: 9000, process: { heapMebibytes: 128 } }, async (rig) => {
        const { pid } = rig.connector('one')
        const kinds = [
          { name: 'bulk', weight: 1, call: () => rig.bulk(60_000) },
          { name: 'signIn', weight: 4, call: () => rig.signIn() },
        ]
        const report = await startLoad({ perSecond: 5, seconds: trial.isShort ? 8 : 40, kinds, seed: trial.seed }).done
        trial.tell('large answers', report.of('bulk').good)
        trial.tell('sign-ins', report.of('signIn').good)
        trial.tell('sign-in p99', report.of('signIn').latency(0.99) / 1000, 's')
        trial.must(rig.connector('one').isRunning && rig.connector('one').pid === pid, 'the connector ended')
        const named = Object.keys(report.others).every((code) => /^[A-Z]+_[A-Z_]+$/.test(code))
        trial.must(named, `ends without a name: ${JSON.stringify(report.others)}`)
      }),
  },
  {
    id: 'T29',
    says: "A connector's home is put back to what it was a while ago, as a restored snapshot of its host.",
    withinSeconds: 240,
    missing: needsRig,
    run: (trial) =>
      withRig(trial, {}, async (rig) => {
        const home = join(rig.home, 'one')
        const snapshot = join(rig.home, 'snapshot-of-one')
        cpSync(home, snapshot, { recursive: true })
        await rig.turnOn({ bindDn: slapdReader.dn })
        for (let at = 0; at < 20; at++) trial.must((await rig.signIn()) === 'ok', 'a sign-in before')
        await rig.connector('one').kill()
        rmSync(home, { recursive: true })
        cpSync(snapshot, home, { recursive: true })
        rig.connector('one').start()
        trial.tell('live again after', (await rig.untilLive('one')) / 1000, 's')
        for (let at = 0; at < 20; at++) trial.must((await rig.signIn()) === 'ok', 'a sign-in afterwards')
      }),
  },
  {
    id: 'T30',
    says: 'The clock of one of two connectors jumps: 90 s, 5 min, 1 h, 3 days, 2 days back, and home again.',
    withinSeconds: 400,
    missing: needsClock,
    run: wrongClock,
  },
  {
    id: 'T32',
    says: 'Nobody reads what a connector logs, and signals come in storms.',
    withinSeconds: 240,
    missing: needsRig,
    run: (trial) =>
      underLoad(trial, {
        rig: { process: { isLogBlocked: true }, connector: { logLevel: 'debug' } },
        perSecond: 60,
        seconds: 20,
        async attack(rig) {
          for (let at = 0; at < 100; at++) {
            for (const part of rig.connectors.values()) part.signal('SIGHUP')
            await pause(100)
          }
        },
        judge: (report) => {
          noReadLost(report, trial)
          trial.must(report.of('signIn').good === report.of('signIn').ends.length, 'a sign-in failed')
        },
      }),
  },
  {
    id: 'T53',
    says: 'The directory is cut off, comes and goes, and comes back.',
    withinSeconds: 300,
    missing: needsRig,
    run: directoryAway,
  },
  {
    id: 'T69',
    says: 'Passwords are planted in settings and sign-ins and looked for in every file, argument, environment and export.',
    withinSeconds: 240,
    missing: needsRig,
    run: markerHunt,
  },
  {
    id: 'TC5',
    says: "A connector's policy file is widened by hand.",
    withinSeconds: 180,
    missing: needsRig,
    run: (trial) =>
      withRig(trial, { connectors: ['one'] }, async (rig) => {
        const before = (await rig.api('GET', `/api/groups/${rig.group}/connectors/one`)).body.policyDigest
        const file = join(rig.home, 'one', 'policy.toml')
        writeFileSync(file, readFileSync(file, 'utf8').replace('targets = [', 'targets = ["*:1-65535", '))
        trial.must(readFileSync(file, 'utf8').includes('1-65535'), 'the policy file was not widened')
        const digest = async () => (await rig.api('GET', `/api/groups/${rig.group}/connectors/one`)).body.policyDigest
        const shownMs = await rig.until(async () => (await digest()) !== before, 20_000, 'the new digest is shown')
        trial.tell('shown in the console after', shownMs / 1000, 's')
        // With the report that follows the hello.
        await rig.until(() => rig.console.log().includes('policyChanged'), 20_000, 'an event says so')
        writeFileSync(file, readFileSync(file, 'utf8').replace('"*:1-65535", ', ''))
        await rig.until(async () => (await rig.search('one')) === 'ok', 30_000, 'a look-up works again')
      }),
  },
]

async function withRig(trial: Trial, options: Parameters<typeof Rig.open>[0], attack: (rig: Rig) => Promise<void>) {
  const rig = await Rig.open(options)
  try {
    await rig.takeBaseline()
    await attack(rig)
    await recheck(rig, trial)
  } finally {
    await rig.close()
  }
}

async function smallDisk(trial: Trial): Promise<void> {
  const rig = await Rig.open({ connectors: ['two'] })
  const disk = join(rig.home, 'one')
  try {
    mkdirSync(disk, { mode: 0o700 })
    mount('-t', 'tmpfs', '-o', 'size=4m,mode=0700', 'tmpfs', disk)
    await rig.joinWithDirectory('one')
    await rig.until(async () => (await rig.search('one')) === 'ok', 30_000, 'one works')
    await rig.takeBaseline()
    const change = async (note: string) => {
      await rig.turnOn({ bindDn: slapdReader.dn, servers: [{ host: rig.directoryHost, port: rig.directoryPort }] })
      for (let at = 0; at < 5; at++) trial.must((await rig.search('one')) === 'ok', `${note}: look-ups go on`)
      for (let at = 0; at < 3; at++) trial.must((await rig.signIn()) === 'ok', `${note}: sign-ins go on`)
    }
    spawnSync('dd', ['if=/dev/zero', `of=${join(disk, 'filler')}`, 'bs=4096'])
    await change('full')
    await pause(3000)
    trial.must(rig.connector('one').isRunning, 'the connector ended on a full disk')
    rmSync(join(disk, 'filler'))
    await change('with room again')
    await recheck(rig, trial)
  } finally {
    await rig.connectors.get('one')?.stop()
    spawnSync('umount', [disk])
    await rig.close()
  }
}

function mount(...args: readonly string[]): void {
  const { status, stderr } = spawnSync(findProgram('mount') ?? 'mount', args, { encoding: 'utf8' })
  if (status !== 0) throw new Error(`mount ${args.join(' ')}: ${stderr}`)
}

async function wrongClock(trial: Trial): Promise<void> {
  const rig = await Rig.open({ connectors: ['two'], connector: { reportEvery: '2s' } })
  try {
    const stamp = join(rig.home, 'clock')
    const set = (offset: string) => writeFileSync(stamp, `${offset}\n`)
    set('+0')
    await rig.joinWithDirectory('one', {
      environment: {
        LD_PRELOAD: fakeTime,
        FAKETIME_TIMESTAMP_FILE: stamp,
        FAKETIME_NO_CACHE: '1',
        // Timers run on the monotonic clock, and that one does not jump.
        DONT_FAKE_MONOTONIC: '1',
      },
    })
    await rig.until(async () => (await rig.search('one')) === 'ok', 30_000, 'one works')
    await rig.takeBaseline()
    const works = async (note: string) => {
      await rig.until(async () => (await rig.search('one')) === 'ok', 20_000, `${note}: one works`)
      for (let at = 0; at < 5; at++) trial.must((await rig.search()) === 'ok', `${note}: the group works`)
    }
    set('+90')
    await pause(5000)
    await works('90 s')
    set('+5m')
    await pause(5000)
    await works('5 min')
    trial.must(rig.connector('one').log().includes('clock differs'), 'five minutes are told nobody')
    for (const offset of ['+1h', '+3d', '-2d']) {
      set(offset)
      await pause(6000)
      // It says that it cannot serve, or is known to be away; its sibling does the work.
      for (let at = 0; at < 10; at++) {
        const answer = await rig.search()
        trial.must(answer === 'ok', `${offset}: the group answers ${answer}`)
      }
      const alone = await rig.search('one', 3000)
      trial.must(alone !== 'ok', `${offset}: a connector whose clock is wrong served a request`)
      trial.must(rig.connector('one').isRunning, `${offset}: the connector ended`)
    }
    set('+0')
    const backMs = await rig.until(async () => (await rig.search('one')) === 'ok', 60_000, 'one works again')
    trial.tell('works again after', backMs / 1000, 's')
    await recheck(rig, trial)
  } finally {
    await rig.close()
  }
}

async function directoryAway(trial: Trial): Promise<void> {
  await withRig(trial, {}, async (rig) => {
    const kinds = [
      { name: 'read', weight: 7, call: () => rig.search(undefined, 4000) },
      { name: 'signIn', weight: 3, call: () => rig.signIn(4000) },
    ]
    const seconds = trial.isShort ? 14 : 40
    const load = startLoad({ perSecond: 20, seconds, kinds, seed: trial.seed })
    await pause(2000)
    rig.directoryLine.ways = { blackHole: 'both' }
    await pause(trial.isShort ? 4000 : 15_000)
    for (let flap = 0; flap < (trial.isShort ? 1 : 4); flap++) {
      rig.directoryLine.ways = { cutAfterBytes: 0 }
      rig.directoryLine.reset()
      await pause(1500)
      rig.directoryLine.ways = {}
      rig.directoryLine.reset()
      await pause(1000)
    }
    rig.directoryLine.ways = {}
    rig.directoryLine.reset()
    const backMs = await rig.until(async () => (await rig.signIn()) === 'ok', 30_000, 'a sign-in works again')
    trial.tell('works again after', backMs / 1000, 's')
    trial.must(backMs < 10_000, 'that took more than 10 s')
    const report = await load.done
    const wrong = Object.keys(report.others).filter((code) => code.startsWith('refused'))
    trial.must(wrong.length === 0, `somebody was told that the password is wrong: ${JSON.stringify(report.others)}`)
    trial.tell('calls', report.ends.length)
    trial.tell('told that the directory does not answer', report.ends.length - report.good)
    for (const name of rig.connectors.keys()) {
      await rig.untilHealth(name, 'healthy', 15_000).catch(async () => {
        const { state = '', health = '' } = (await rig.listed(name)) ?? {}
        throw new Error(`${name} was blamed for its directory: ${state}, ${health}`)
      })
    }
  })
}

async function markerHunt(trial: Trial): Promise<void> {
  const markers = [slapdReader.password, 'planted-in-a-sign-in-5519']
  await withRig(trial, { connector: { logLevel: 'debug' } }, async (rig) => {
    for (let at = 0; at < 10; at++) {
      await rig.signIn()
      await rig.call('directory.authenticate', { user: 'nobody.here', password: markers[1] ?? '' })
    }
    await rig.call('directory.search', { kind: 'users', match: { field: 'login', equals: markers[1] ?? '' } })
    await rig.api('POST', '/api/groups/no-such-group/call', { operation: 'directory.search', parameters: {} })
    await pause(1000)
    const found = filesIn(rig.home).filter((file) => holds(readFileSync(file), markers))
    trial.must(found.length === 0, `found in ${found.map((file) => file.slice(rig.home.length)).join(', ')}`)
    for (const part of rig.parts) {
      for (const name of ['cmdline', 'environ'])
        trial.must(!holds(readFileSync(`/proc/${part.pid}/${name}`), markers), `found in ${name} of ${part.name}`)
    }
    const pages = [
      '/api/audit/export',
      '/api/events/export',
      '/api/status',
      `/api/groups/${rig.group}/services/directory`,
    ]
    for (const path of [...pages, `/api/groups/${rig.group}/requests?limit=100`]) {
      const { body } = await rig.api('GET', path)
      trial.must(!holds(Buffer.from(JSON.stringify(body ?? '')), markers), `found in ${path}`)
    }
    trial.tell('files read', filesIn(rig.home).length)
  })
}

function filesIn(folder: string): readonly string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .map((name) => join(folder, name))
    .filter((file) => existsSync(file) && statSync(file).isFile())
}

/** Plain, in two bytes a character, in hexadecimal, and in base64 whatever stands before it. */
function holds(content: Buffer, markers: readonly string[]): boolean {
  return markers.some((marker) => {
    const plain = Buffer.from(marker)
    const base64 = [0, 1, 2].map((shift) =>
      Buffer.concat([Buffer.alloc(shift), plain])
        .toString('base64')
        .slice(shift === 0 ? 0 : 4, -4),
    )
    const spellings = [plain, Buffer.from(marker, 'utf16le'), plain.toString('hex'), ...base64]
    return spellings.some((spelling) => content.includes(spelling))
  })
}
