/**
 * `sallygate hub`: the device agent of this machine.
 *
 * Works on the device and needs no API key. The enrollment code comes from a file or is
 * asked for: arguments can be read by every user of the machine.
 *
 * @module
 */
import { systemClock } from '@sallygate/base/clock'
import { readFile } from '@sallygate/base/file'
import { createLog } from '@sallygate/base/log'
import { runProcess } from '@sallygate/base/process'
import type { Command } from 'commander'
import { exits, paint, print, printFields, printJson, say } from '../output.ts'
import { askSecret, secretFromFile } from '../secret-input.ts'

const defaultHubHome = '.sallygate-hub'

interface Flags {
  readonly home: string
  readonly json?: boolean
}

export function addHub(program: Command): void {
  const hub = program.command('hub').description('the device agent: enroll this machine, report it, carry out commands')
  at(hub.command('enroll').description('make this machine a device of an organization group'))
    .requiredOption('--console <url>', 'address of the console, https://console.example')
    .option('--code-file <file>', 'file with the enrollment code (mode 0600); without it you are asked')
    .option('--ca <file>', 'authorities (PEM) for the console’s certificate, if the system does not know them')
    .option('--user <name>', 'who you are, DOMAIN\\user, where the code asks for it')
    .option('--password-file <file>', 'your password (mode 0600); without it you are asked')
    .action(runEnroll)
  at(hub.command('run').description('run in the foreground, until it is stopped or told to leave'))
    .option(
      '--full-wipe-program <path>',
      'what a full wipe runs, without arguments; without it a full wipe is only simulated',
    )
    .action(runRun)
  at(
    hub
      .command('status')
      .description('when it checked in, what is wrong, messages; exit code 2 when it cannot check in'),
  ).action(runStatus)
  at(hub.command('facts').description('what this machine would report, without telling anybody')).action(runFacts)
  at(hub.command('unenroll').description('tell the console that this machine leaves, and remove what the hub kept'))
    .option('--forget', 'remove it also when the console cannot be told')
    .action(runUnenroll)
}

function at(command: Command): Command {
  return command
    .option('--home <dir>', 'directory of the hub', defaultHubHome)
    .option('--json', 'print the answer as JSON')
}

interface EnrollFlags extends Flags {
  readonly console: string
  readonly codeFile?: string
  readonly ca?: string
  readonly user?: string
  readonly passwordFile?: string
}

async function runEnroll(flags: EnrollFlags): Promise<void> {
  const { enrollHub } = await import('@sallygate/hub')
  const code = flags.codeFile === undefined ? await askSecret('Enrollment code') : secretFromFile(flags.codeFile)
  const enrollment = await enrollHub({
    home: flags.home,
    consoleUrl: flags.console,
    code,
    clock: systemClock,
    ca: flags.ca === undefined ? undefined : readFile(flags.ca).toString('utf8'),
    login: flags.user === undefined ? undefined : { user: flags.user, password: await passwordOf(flags) },
  })
  if (flags.json === true) return printJson({ device: enrollment.device, console: enrollment.consoleUrl })
  print(`${paint('green', 'Enrolled')} as device ${enrollment.device}.`)
  say(`Next: sallygate hub run --home ${flags.home}`)
}

async function passwordOf({ user = '', passwordFile }: EnrollFlags) {
  return passwordFile === undefined ? askSecret(`Password of ${user}`) : secretFromFile(passwordFile)
}

async function runRun(flags: Flags & { readonly fullWipeProgram?: string }): Promise<void> {
  const { startHub } = await import('@sallygate/hub')
  const log = createLog({ part: 'hub' })
  await runProcess(
    () =>
      Promise.resolve(
        startHub({
          home: flags.home,
          clock: systemClock,
          log,
          fullWipeProgram: flags.fullWipeProgram,
          // Gone from this machine: there is nothing left to run.
          onLeft: () => process.kill(process.pid, 'SIGTERM'),
        }),
      ),
    { log },
  )
}

async function runStatus(flags: Flags): Promise<void> {
  const { hubReport } = await import('@sallygate/hub')
  const { enrollment, status, messages } = hubReport(flags.home)
  if (status?.failure !== undefined) process.exitCode = exits.findings
  if (flags.json === true)
    return printJson({ device: enrollment.device, console: enrollment.consoleUrl, status, messages })
  const aheadMs = status?.clockAheadMs ?? 0
  printFields([
    ['device', enrollment.device],
    ['console', enrollment.consoleUrl],
    ['enrolled', enrollment.enrolledAt],
    ['state', status?.state ?? 'not run yet'],
    ['last check-in', status?.lastCheckInAt],
    ['next check-in', status?.nextCheckInAt],
    ...(Math.abs(aheadMs) < 120_000
      ? []
      : [['clock', `${Math.round(aheadMs / 1000)} s ahead of the console’s`] as const]),
  ])
  for (const { at: when, title, body } of messages) print(`\n${when}  ${paint('bold', title)}\n${body}`)
  if (status?.failure !== undefined) say(`\n${paint('red', status.failure.says)}\n${status.failure.fix}`)
}

async function runFacts(flags: Flags): Promise<void> {
  const { thisPlatform } = await import('@sallygate/hub')
  const { identifiers, facts } = await thisPlatform(systemClock).platform.observe()
  if (flags.json === true) return printJson({ identifiers, facts })
  printFields([
    ...Object.entries(identifiers).map(
      ([name, value]) => [name, Array.isArray(value) ? value.join(', ') : String(value)] as const,
    ),
    ...Object.entries(facts).map(([name, fact]) => [name, 'value' in fact ? String(fact.value) : 'unknown'] as const),
  ])
}

async function runUnenroll(flags: Flags & { readonly forget?: boolean }): Promise<void> {
  const { unenrollHub } = await import('@sallygate/hub')
  const { wasTold } = await unenrollHub({ home: flags.home, clock: systemClock, isForgetting: flags.forget === true })
  if (flags.json === true) return printJson({ removed: true, consoleWasTold: wasTold })
  print(
    wasTold
      ? 'This machine has left; the console knows.'
      : 'This machine has forgotten. Somebody has to delete the device in the console.',
  )
}
