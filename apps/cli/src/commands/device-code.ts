/**
 * `sallygate device enrollment-code`: a code by which devices enroll, shown once, written to a file or mailed.
 *
 * @module
 */
import { writeFileAtomic } from '@sallygate/base/file'
import type { Command } from 'commander'
import { consoleFrom, groupIdFrom, withConsole, type AccessOptions } from '../console-access.ts'
import { cliFailure } from '../failures.ts'
import { exits, print, printJson, say } from '../output.ts'

export function addDeviceCode(device: Command): void {
  withConsole(device.command('enrollment-code').description('make a code by which devices enroll in a group'))
    .alias('code')
    .option('--group <group>', 'organization group, by name or id')
    .option('--label <text>', 'what it is for')
    .option('--uses <n>', 'how many devices it brings in', '1')
    .option('--valid-hours <n>', 'how long', '72')
    .option('--needs-login', 'whoever uses it also gives DOMAIN\\user and password')
    .option('--code-file <file>', 'write the code there (mode 0600) instead of showing it')
    .option('--mail <address>', 'mail it to whom it invites, through the mail service of the group')
    .option(
      '--link <url>',
      'with --mail: the page /enroll-device as people reach it; the console itself if its address is https',
    )
    .action(runCode)
}

interface CodeFlags extends AccessOptions {
  readonly json?: boolean
  readonly group?: string
  readonly label?: string
  readonly uses: string
  readonly validHours: string
  readonly needsLogin?: boolean
  readonly codeFile?: string
  readonly mail?: string
  readonly link?: string
}

async function runCode(flags: CodeFlags): Promise<void> {
  const client = consoleFrom(flags)
  const { label, codeFile } = flags
  const body = {
    uses: Number(flags.uses),
    validHours: Number(flags.validHours),
    needsLogin: flags.needsLogin === true,
    ...(label === undefined ? {} : { label }),
    ...(flags.mail === undefined ? {} : { mail: { to: flags.mail, link: linkFrom(flags, client.url) } }),
  }
  const group = await groupIdFrom(client, flags.group)
  const made = await client.call<{
    code: string
    expiresAt: string
    command: string
    id: string
    mail?: 'queued' | 'notConfigured'
  }>('POST', `/api/groups/${group}/device-enrollment-codes`, body)
  const { code, ...rest } = made
  if (codeFile !== undefined) writeFileAtomic(codeFile, `${code}\n`, { mode: 0o600 })
  if (made.mail === 'notConfigured') process.exitCode = exits.findings
  if (flags.json === true) return printJson(codeFile === undefined ? made : { ...rest, codeFile })
  print(codeFile === undefined ? code : `The code is in ${codeFile}.`)
  print(
    `It brings in ${flags.uses === '1' ? 'one device' : `${flags.uses} devices`}, until ${made.expiresAt}. Next, on the device:`,
  )
  print(`  ${made.command}`)
  if (made.mail === 'queued') print(`It is being mailed to ${flags.mail}: sallygate mail list`)
  if (made.mail === 'notConfigured')
    say(
      `It was not mailed: mail is not set up for this group (sallygate service set mail). Give it to ${flags.mail} another way.`,
    )
}

/** @throws CLI_BAD_ARGUMENT where nobody could use it. */
function linkFrom({ link }: CodeFlags, consoleUrl: string): string {
  if (link !== undefined) return link
  if (!consoleUrl.startsWith('https://'))
    throw cliFailure('BAD_ARGUMENT', {
      details: { argument: '--link', expected: 'the https:// address of /enroll-device, as people reach it' },
    })
  return `${consoleUrl.replace(/\/$/, '')}/enroll-device`
}
