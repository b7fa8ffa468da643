/**
 * `sallygate start`: everything on this machine, and what a newcomer sees in the first minute.
 *
 * @module
 */
import { join } from 'node:path'
import { systemClock } from '@sallygate/base/clock'
import { defaultPortBase, lastLines, startAll, type Started, type StartEvent } from '@sallygate/supervisor'
import type { Command } from 'commander'
import { defaultHome } from '../console-access.ts'
import { cliFailure } from '../failures.ts'
import { exits, paint, print, printFailure, say } from '../output.ts'
import { Failure } from '@sallygate/base/failure'

interface StartFlags {
  readonly home: string
  readonly portBase?: string
  readonly sampleOffice: boolean
  readonly adminPasswordFile?: string
}

export function addStart(program: Command): void {
  program
    .command('start')
    .description('start console, relay, nac and one connector on this machine, with a simulated sample office')
    .option('--home <dir>', 'where everything is kept', defaultHome)
    .option('--port-base <n>', `ports are n+1 to n+7 (default ${defaultPortBase}, or those of the last start)`)
    .option(
      '--admin-password-file <file>',
      'password of the first administrator, instead of a generated one (mode 0600)',
    )
    .option('--no-sample-office', 'leave out the simulated office')
    .action(runStart)
}

async function runStart(flags: StartFlags): Promise<void> {
  const startedMs = performance.now()
  print(`${paint('bold', 'Sallygate')} starting from ${flags.home}`)
  print('')
  const starting = startAll({
    home: flags.home,
    ...(flags.portBase === undefined ? {} : { portBase: parsePortBase(flags.portBase) }),
    withSampleOffice: flags.sampleOffice,
    ...(flags.adminPasswordFile === undefined ? {} : { adminPasswordFile: flags.adminPasswordFile }),
    programs: join(import.meta.dirname, '../../../..'),
    clock: systemClock,
    onEvent: showEvent,
  })
  let stopRequested = false
  const stopped = new Promise<void>((resolve) => {
    const stop = (signal: string) => {
      // A second Ctrl-C is somebody in a hurry: the parts end by themselves when this process is gone.
      if (stopRequested) process.exit(exits.failed)
      stopRequested = true
      say(`\n${signal}: stopping`)
      resolve()
    }
    process.on('SIGINT', () => stop('Ctrl-C'))
    process.on('SIGTERM', () => stop('SIGTERM'))
    process.on('SIGHUP', () => stop('terminal closed'))
  })
  const started = await Promise.race([
    starting.catch((error: unknown) => explain(error)),
    stopped.then(() => undefined),
  ])
  if (started !== undefined) {
    await showGate(started, performance.now() - startedMs)
    await stopped
  }
  await (await starting.catch(() => undefined))?.stop()
  process.exit(exits.done)
}

function parsePortBase(text: string): number {
  const base = Number(text)
  if (!Number.isSafeInteger(base) || base < 1 || base > 65_531) {
    throw cliFailure('BAD_ARGUMENT', { details: { argument: '--port-base', expected: 'a number from 1 to 65531' } })
  }
  return base
}

/** The log of the part that failed says more than any summary of ours. */
function explain(error: unknown): never {
  if (error instanceof Failure && typeof error.details['log'] === 'string') {
    say(paint('dim', lastLines(error.details['log'], 5).join('\n')))
  }
  printFailure(error, false)
  process.exit(exits.failed)
}

type PartName = Extract<StartEvent, { readonly part: unknown }>['part']

const labels: Readonly<Record<PartName, string>> = {
  console: 'console',
  relay: 'relay',
  nac: 'nac',
  connector: 'connector',
  'sample-office': 'sample office',
}

const remarks: Readonly<Record<PartName, string>> = {
  console: 'open it in a browser',
  relay: 'routes sealed requests, cannot read them',
  nac: 'answers Cisco ISE and other NACs, from a file of its own',
  connector: 'enrolled and live',
  'sample-office': 'SIMULATED directory, mail server and machines, made-up people',
}

function showEvent(event: StartEvent): void {
  if (event.kind === 'pages') return showPages(event.outcome)
  const name = labels[event.part].padEnd(14)
  switch (event.kind) {
    case 'up':
      print(`  ${paint('green', '●')} ${name} ${event.where.padEnd(30)} ${paint('dim', remarks[event.part])}`)
      break
    case 'restarting':
      say(`  ${paint('yellow', '●')} ${name} ended (${event.exit}); starting it again in ${event.pauseMs} ms`)
      break
    case 'stopped':
      say(`  ${paint('dim', '○')} ${name} stopped`)
      break
  }
}

/** Pages that were already there are no news. */
function showPages(outcome: Extract<StartEvent, { readonly kind: 'pages' }>['outcome']): void {
  const name = 'web pages'.padEnd(14)
  if (outcome.kind === 'built') {
    print(`  ${paint('green', '●')} ${name} ${paint('dim', `built in ${(outcome.durationMs / 1000).toFixed(1)} s`)}`)
  } else if (outcome.kind === 'failed') {
    say(`  ${paint('yellow', '●')} ${name} could not be built; all else works. Why: ${outcome.logFile}`)
  }
}

async function showGate(started: Started, elapsedMs: number): Promise<void> {
  const { ready } = started
  print('')
  print(
    `${paint('green', 'The gate is open')} ${paint('dim', `(${(elapsedMs / 1000).toFixed(1)} s)`)}  group ${paint('bold', ready.group)}`,
  )
  if (ready.sampleOffice !== undefined) await showLookUp(started)
  print('')
  print(`  sign in as  ${ready.adminUser}, password and API key in ${started.ready.credentialFile}`)
  print(
    `  next        ${paint('bold', ready.sampleOffice === undefined ? 'npx sallygate status' : 'npx sallygate search Ada')}   ${paint('dim', 'in another terminal')}`,
  )
  if (ready.sampleOffice !== undefined) {
    print(
      `              ${paint('bold', 'npx sallygate ise-probe --mac 00:00:5E:00:53:02')}   ${paint('dim', 'plays Cisco ISE and asks for a simulated laptop')}`,
    )
    print(
      `              ${ready.nacUrl}/ciscoise/mdminfo   ${paint('dim', 'in a browser: user ise, password beside yours')}`,
    )
  }
  print(`  stop        Ctrl-C`)
}

interface LookUp {
  readonly durationMs: number
  readonly connector: { readonly name: string }
  readonly result: {
    readonly entries: readonly { readonly fields: Readonly<Record<string, readonly string[]>> }[]
    readonly server: string
  }
}

/** The main job, once, for real: the newcomer sees it before typing anything. */
async function showLookUp(started: Started): Promise<void> {
  try {
    const answer = await started.console.call<LookUp>('POST', `/api/groups/${started.ready.groupId}/call`, {
      operation: 'directory.search',
      parameters: { kind: 'users', limit: 3 },
    })
    const names = answer.result.entries.map(
      (entry) => entry.fields['displayName']?.[0] ?? entry.fields['login']?.[0] ?? '?',
    )
    print('')
    print(
      `  A look-up just crossed it, sealed from the console to the connector and back, in ${answer.durationMs.toFixed(0)} ms:`,
    )
    print(`  ${names.join(', ')}, … ${paint('dim', `from ${answer.result.server}`)}`)
  } catch (error) {
    say('')
    say('The gate is open, but the first look-up failed:')
    printFailure(error, false)
  }
}
