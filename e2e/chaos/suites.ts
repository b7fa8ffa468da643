/**
 * Attacks that suites of their own hold, run here by number: T18, T19, T21, T23b, T25, T44, T45, T46, T54, T55, T56, TC6.
 *
 * @module
 */
import { spawn } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Scenario, Trial } from './scenario.ts'

const root = join(import.meta.dirname, '../..')

interface Suite {
  readonly id: string
  readonly says: string
  readonly file: string
  /** Only tests whose name holds this. */
  readonly only?: string
  readonly environment?: (isShort: boolean) => Readonly<Record<string, string>>
}

const suites: readonly Suite[] = [
  {
    id: 'T18',
    says: 'A connector is killed with -9 between intent and call, between call and result, and between result and reply.',
    file: 'e2e/not-twice.test.ts',
    only: 'T18',
  },
  {
    id: 'T19',
    says: 'A console is killed with -9 with mails waiting, under way and after their final dot, and a connector with them; Postfix behind it.',
    file: 'interop/mail/outbox.test.ts',
  },
  {
    id: 'T21',
    says: 'The journal after a power cut, at several bytes of the last write.',
    file: 'e2e/not-twice.test.ts',
    only: 'T21',
  },
  {
    id: 'T23b',
    says: "The console's disk is full to the last byte while events and mails are on their way, then has room again; nothing is restarted.",
    file: 'e2e/syslog/full-disk.test.ts',
  },
  {
    id: 'T25',
    says: 'A relay with 128 descriptors is flooded with connections.',
    file: 'apps/relay/src/file-limit.test.ts',
  },
  {
    id: 'T44',
    says: 'A relay writes down everything of five minutes of mixed work.',
    file: 'e2e/hostile-relay/relay-view.test.ts',
    environment: (isShort) => ({ T44_SECONDS: isShort ? '10' : '300' }),
  },
  {
    id: 'T45',
    says: 'A relay lies about what it delivered and who is there.',
    file: 'e2e/hostile-relay/relay-lies.test.ts',
    only: 'T45',
  },
  {
    id: 'T46',
    says: 'A relay floods a connector and the console with garbage, 5,000 a second and more.',
    file: 'e2e/hostile-relay/relay-lies.test.ts',
    only: 'T46',
  },
  {
    id: 'T54',
    says: 'SMTP servers that inject, smuggle, cut, flood and fall silent; line ends and NUL in addresses and subjects.',
    file: 'services/mail/src/agent/hostile-t54.test.ts',
  },
  {
    id: 'T55',
    says: 'SMTP is cut after the final dot, before it, and answered five minutes late.',
    file: 'services/mail/src/agent/final-dot-t55.test.ts',
  },
  {
    id: 'T56',
    says: 'Console, connector and rsyslog are killed with -9 with events on the way over TCP and TLS, and rsyslog is away for a minute.',
    file: 'e2e/syslog/killed.test.ts',
    environment: (isShort) => (isShort ? {} : { AWAY_MS: '60000', T56_ROUNDS: '1' }),
  },
  {
    id: 'TC6',
    says: 'A connector speaks for a sibling, for another group and for what is not its own.',
    file: 'e2e/hostile-relay/hostile-connectors.test.ts',
    only: 'TC3',
  },
]

export const suiteScenarios: readonly Scenario[] = suites.map((suite) => ({
  id: suite.id,
  says: suite.says,
  withinSeconds: 500,
  run: (trial) => runSuite(suite, trial),
}))

interface Report {
  readonly numPassedTests: number
  readonly numFailedTests: number
  readonly numFailedTestSuites: number
}

async function runSuite({ file, only, environment }: Suite, trial: Trial): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'sallygate-suite-'))
  try {
    const report = join(folder, 'report.json')
    const filter = only === undefined ? [] : ['-t', only]
    // What a test says goes straight out; the reporter would keep it.
    const flags = ['--reporter=json', `--outputFile=${report}`, '--disable-console-intercept', ...filter]
    const more = environment?.(trial.isShort) ?? {}
    const said = await spawned(['node_modules/vitest/vitest.mjs', 'run', file, ...flags], more)
    const { numPassedTests, numFailedTests, numFailedTestSuites } = JSON.parse(readFileSync(report, 'utf8')) as Report
    trial.tell('tests', numPassedTests)
    for (const [, name = '', value = '', unit = ''] of said.matchAll(/^figure (.+): ([\d.]+)(?: (.+))?$/gm))
      trial.tell(name, Number(value), unit)
    trial.must(numFailedTests + numFailedTestSuites === 0, `${numFailedTests} tests of ${file} failed`)
    trial.must(numPassedTests > 0, `no test of ${file} ran`)
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

function spawned(args: readonly string[], more: Readonly<Record<string, string>>): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, args, {
      cwd: root,
      stdio: ['ignore', 'pipe', 'ignore'],
      env: { ...process.env, ...more },
    })
    let said = ''
    child.stdout.on('data', (chunk: Buffer) => (said += chunk.toString('utf8')))
    child.once('error', reject)
    child.once('exit', () => resolve(said))
  })
}
