/**
 * `npm test`: every test, real peers included, and one plain line at the end.
 *
 *   npm test                    install missing peers where possible, run everything
 *   npm test -- --strict        a skipped test is a failure (continuous integration)
 *   npm test -- --no-install    never install anything
 *   npm test -- packages/hop    only tests whose path contains this
 *
 * @module
 */
import { spawnSync } from 'node:child_process'
import { globSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, relative } from 'node:path'
import { parseArgs } from 'node:util'
import { systemClock } from '@sallygate/base/clock'
import { startPageBuild } from '../apps/supervisor/src/page-build.ts'
import { canInstall, installPackages, missingPackages, wantedPackages } from './debian-packages.ts'
import { loneSuites } from './lone-suites.ts'
import { root } from './source-files.ts'

interface Counts {
  readonly passed: number
  readonly failed: number
  /** By name, and a line of what was wrong: the end of a long log is all that many people see of it. */
  readonly failures: readonly string[]
  readonly skipped: readonly string[]
}

/** What vitest's JSON reporter writes; only what is read here. */
interface Report {
  readonly numPassedTests: number
  readonly numFailedTests: number
  readonly numFailedTestSuites: number
  readonly testResults: readonly {
    readonly name: string
    readonly status: string
    readonly message?: string
    readonly assertionResults: readonly {
      readonly fullName: string
      readonly status: string
      readonly failureMessages?: readonly string[]
    }[]
  }[]
}

const { values: options, positionals: filters } = parseArgs({
  allowPositionals: true,
  options: { strict: { type: 'boolean', default: false }, 'no-install': { type: 'boolean', default: false } },
})

providePeers()
// By itself the runner would leave a core to the person at the machine, and half of two is half the speed.
const sideBySide = ['--maxWorkers=2']
const lone = loneSuites.map(({ pattern }) => pattern)
const logic = run(['packages', 'protocols', 'services', 'apps', 'scripts'], sideBySide)
await buildPages()
const peers = run(['interop', 'e2e'], [...sideBySide, ...lone.flatMap((pattern) => ['--exclude', pattern])])
const alone = run(['interop', 'e2e'], ['--no-file-parallelism', ...othersThan(lone)])
const counts = [logic, peers, alone]
const passed = sum((one) => one.passed)
const failed = sum((one) => one.failed)
const skipped = counts.flatMap((one) => one.skipped)
for (const failure of counts.flatMap((one) => one.failures)) console.log(`failed: ${failure}`)
for (const name of skipped) console.log(`skipped: ${name}`)
if (options.strict && skipped.length > 0) console.log(`--strict: ${skipped.length} skipped count as failures`)
if (passed + failed === 0) console.log('no test ran')
console.log(`${passed} passed, ${failed} failed, ${skipped.length} skipped`)
process.exitCode = failed > 0 || passed === 0 || (options.strict && skipped.length > 0) ? 1 : 0

/** The runner knows what to leave out, and has no word for only. */
function othersThan(patterns: readonly string[]): readonly string[] {
  const wanted = new Set(globSync([...patterns], { cwd: root }))
  return globSync(['interop/**/*.test.ts', 'e2e/**/*.test.ts'], { cwd: root })
    .filter((file) => !wanted.has(file))
    .flatMap((file) => ['--exclude', file])
}

function sum(of: (one: Counts) => number): number {
  return counts.reduce((total, one) => total + of(one), 0)
}

/** What a browser is shown has to be built once; a start does the same, and nobody waits for it there. */
async function buildPages(): Promise<void> {
  const { outcome } = startPageBuild({
    programs: root,
    logFile: join(root, 'pages-build.log'),
    clock: systemClock,
  })
  const { kind } = await outcome
  if (kind === 'failed') console.log('the browser UI could not be built; its suites will fail')
}

function providePeers(): void {
  const missing = missingPackages(wantedPackages())
  if (missing.length === 0) return
  if (options['no-install'] || !canInstall()) {
    console.log(`not installed, their suites will be skipped: ${missing.join(' ')}`)
    return
  }
  console.log(`installing the peers that tests run against: ${missing.join(' ')}`)
  if (!installPackages(missing)) console.log('apt-get did not install all of them; the suites say what they miss')
}

function run(folders: readonly string[], flags: readonly string[]): Counts {
  const wanted =
    filters.length === 0
      ? folders.map((folder) => `${folder}/`)
      : filters.filter((filter) => folders.some((folder) => filter.startsWith(folder)))
  if (wanted.length === 0) return { passed: 0, failed: 0, failures: [], skipped: [] }
  const directory = mkdtempSync(join(tmpdir(), 'sallygate-test-'))
  try {
    const reportFile = join(directory, 'report.json')
    const vitest = join(root, 'node_modules/vitest/vitest.mjs')
    const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${reportFile}`]
    spawnSync(process.execPath, [vitest, 'run', '--passWithNoTests', ...flags, ...reporters, ...wanted], {
      cwd: root,
      stdio: 'inherit',
    })
    return countReport(JSON.parse(readFileSync(reportFile, 'utf8')) as Report)
  } catch (error) {
    console.error('the test runner did not finish', error)
    return { passed: 0, failed: 1, failures: ['the test runner did not finish'], skipped: [] }
  } finally {
    rmSync(directory, { recursive: true, force: true })
  }
}

function countReport(report: Report): Counts {
  // A file that does not even load has no failed test in it; it must count all the same.
  const brokenFiles = report.testResults.filter(
    (file) => file.status === 'failed' && file.assertionResults.every((one) => one.status !== 'failed'),
  )
  const failures = [
    ...brokenFiles.map((file) => `${relative(root, file.name)}: ${firstLine(file.message)}`),
    ...report.testResults.flatMap((file) =>
      file.assertionResults
        .filter((one) => one.status === 'failed')
        .map((one) => `${relative(root, file.name)} > ${one.fullName}: ${firstLine(one.failureMessages?.[0])}`),
    ),
  ]
  const skippedTests = report.testResults.flatMap((file) =>
    file.assertionResults.filter((one) => !['passed', 'failed'].includes(one.status)).map((one) => one.fullName),
  )
  return {
    passed: report.numPassedTests,
    failed: report.numFailedTests + brokenFiles.length,
    failures,
    skipped: skippedTests,
  }
}

function firstLine(text = ''): string {
  return text.split('\n', 1)[0] ?? ''
}
