/**
 * `sallygate ise-probe URL`: plays Cisco ISE against an MDM server, ours or anybody's.
 *
 * Needs no console. User and password come from a file or are asked for.
 *
 * @module
 */
import { systemClock } from '@sallygate/base/clock'
import { readFile } from '@sallygate/base/file'
import { Secret } from '@sallygate/base/secret'
import {
  probe,
  type AskedCriterion,
  type IseCredentials,
  type OfferedVersion,
  type ProbeReport,
  type ProbeRow,
} from '@sallygate/protocol-ise-mdm'
import type { Command } from 'commander'
import { setExitCodeFor } from '../check-rows.ts'
import { defaultHome } from '../console-access.ts'
import { cliFailure } from '../failures.ts'
import { printLatency } from '../latency-bars.ts'
import { ownNac } from '../own-nac.ts'
import { paint, print, printFields, printJson, say, verdict } from '../output.ts'
import { askSecret, linesFromFile, secretFromFile } from '../secret-input.ts'

const criterionFlags = {
  mac: 'macaddress',
  guid: 'guid',
  serial: 'serialnumber',
  udid: 'udid',
  imei: 'imei',
  meid: 'meid',
  hostName: 'guidhn',
  owner: 'username',
} as const satisfies Readonly<Record<string, AskedCriterion>>

type Flags = Readonly<Partial<Record<keyof typeof criterionFlags, string>>> & {
  readonly home: string
  readonly user?: string
  readonly passwordFile?: string
  readonly credentialsFile?: string
  readonly ca?: string
  readonly apiVersion: string
  readonly queries: string
  readonly pages: string
  readonly timeout: string
  readonly json?: boolean
}

export function addIseProbe(program: Command): void {
  program
    .command('ise-probe')
    .description('play Cisco ISE against an MDM server: every step it would take, and what it would report')
    .argument('[url]', 'https://host[:port][/instance]; without it, the nac of npm start on this machine')
    .option('--home <dir>', 'home of an all-in-one start on this machine', defaultHome)
    .option('--user <name>', 'account, also DOMAIN\\user')
    .option('--password-file <file>', 'its password (mode 0600); without it you are asked')
    .option('--credentials-file <file>', 'user in the first line, password in the second (mode 0600)')
    .option('--ca <file>', 'authorities (PEM) for the server’s certificate, if the system does not know them')
    .option('--mac <address>', 'a device to find, by any of these')
    .option('--guid <guid>', 'the device by its GUID')
    .option('--serial <number>', 'an extension: not in Cisco’s own list')
    .option('--udid <udid>', 'the device by its UDID')
    .option('--imei <imei>', 'the device by its IMEI')
    .option('--meid <meid>', 'the device by its MEID')
    .option('--host-name <name>', 'the device by its host name')
    .option('--owner <user>', 'the device by whose it is')
    .option('--api-version <n>', 'the highest version to offer', '3')
    .option('--queries <n>', 'queries for the latency; 0 leaves them out', '40')
    .option('--pages <n>', 'pages to walk at most', '20')
    .option('--timeout <seconds>', 'per request', '30')
    .option('--json', 'print the report as JSON')
    .addHelpText(
      'after',
      '\nExit code 2 when a step failed. Example:\n  sallygate ise-probe https://mdm.example --user ise --ca ca.pem --mac 00:11:22:33:44:55',
    )
    .action(runProbe)
}

async function runProbe(url: string | undefined, flags: Flags): Promise<void> {
  const own = url === undefined ? ownNac(flags.home) : undefined
  const ca = flags.ca === undefined ? own?.ca : readFile(flags.ca).toString('utf8')
  const query = queryFrom(flags)
  const limits = {
    maxVersion: number(flags, 'apiVersion', 1, 3) as OfferedVersion,
    latencyQueries: number(flags, 'queries', 0, 10_000),
    mostPages: number(flags, 'pages', 1, 10_000),
    timeoutMs: number(flags, 'timeout', 1, 300) * 1000,
  }
  const report = await probe({
    url: url ?? own?.url ?? '',
    credentials: own !== undefined && flags.user === undefined ? own.credentials : await credentialsFrom(flags),
    clock: systemClock,
    ...limits,
    ...(ca === undefined ? {} : { ca }),
    ...(query === undefined ? {} : { query }),
    ...(flags.json === true ? {} : { onRow: printRow }),
  })
  setExitCodeFor(report.rows)
  if (flags.json === true) return printJson(report)
  printReport(report)
}

function queryFrom(flags: Flags): { readonly criterion: AskedCriterion; readonly value: string } | undefined {
  const given = Object.entries(criterionFlags).flatMap(([flag, criterion]) => {
    const value = flags[flag as keyof typeof criterionFlags]
    return value === undefined ? [] : [{ criterion, value }]
  })
  if (given.length > 1) throw cliFailure('BAD_ARGUMENT', { details: { expected: 'one device, by one of its values' } })
  return given[0]
}

/** @throws CLI_BAD_ARGUMENT, FILE_NOT_PRIVATE. */
async function credentialsFrom(flags: Flags): Promise<IseCredentials> {
  if (flags.credentialsFile !== undefined) {
    const [user = '', password = ''] = linesFromFile(flags.credentialsFile)
    if (user === '' || password === '')
      throw cliFailure('BAD_ARGUMENT', {
        details: { argument: '--credentials-file', expected: 'a line with the user, a line with the password' },
      })
    return { user, password: new Secret(password) }
  }
  if (flags.user === undefined)
    throw cliFailure('BAD_ARGUMENT', { details: { expected: '--user, or --credentials-file' } })
  const { user, passwordFile } = flags
  return {
    user,
    password: passwordFile === undefined ? await askSecret(`Password of ${user}`) : secretFromFile(passwordFile),
  }
}

function number(flags: Flags, name: 'apiVersion' | 'queries' | 'pages' | 'timeout', min: number, max: number): number {
  const value = Number(flags[name])
  if (!Number.isInteger(value) || value < min || value > max)
    throw cliFailure('BAD_ARGUMENT', { details: { argument: name, expected: `a whole number from ${min} to ${max}` } })
  return value
}

function printRow(row: ProbeRow): void {
  const reason = row.iseReason === undefined ? '' : paint('dim', ` (ISE: ${row.iseReason})`)
  print(
    `${verdict(row.result).padEnd(row.result.length)}${' '.repeat(8 - row.result.length)} ${row.target.padEnd(26)}  ${row.says}${reason} ${paint('dim', `${row.durationMs.toFixed(0)} ms`)}`,
  )
  if ((row.result === 'failed' || row.result === 'warning') && row.fix !== '')
    print(`${' '.repeat(37)}${paint('bold', '→')} ${row.fix}`)
}

function printReport(report: ProbeReport): void {
  const { chain, devices, latency } = report
  if (chain !== undefined) {
    print('')
    for (const one of chain.certificates)
      print(
        `  ${one.subject}  until ${one.notAfter.toISOString().slice(0, 10)}, ${one.daysLeft} days  ${paint('dim', `SHA-256 ${one.thumbprint}`)}`,
      )
  }
  for (const device of devices ?? []) {
    print('')
    printFields(
      Object.entries(device).flatMap(([name, value]) =>
        value === undefined || (Array.isArray(value) && value.length === 0) ? [] : [[name, String(value)] as const],
      ),
    )
  }
  if (latency !== undefined) {
    print('')
    printLatency(latency)
  }
  say('')
  say(`${report.url}: ${verdict(report.verdict)}`)
}
