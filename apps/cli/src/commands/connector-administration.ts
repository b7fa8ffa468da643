/**
 * What an administrator does with connectors from the console's side.
 *
 * @module
 */
import { writeFileAtomic } from '@sallygate/base/file'
import type { Command } from 'commander'
import type { ListedConnector } from '../answers.ts'
import { printConnector, type ConnectorInFull } from '../connector-in-full.ts'
import { consoleFrom, groupIdFrom, withGroup, type GroupOptions } from '../console-access.ts'
import { paint, print, printJson, printTable, say, verdict } from '../output.ts'
import { secretFromFile } from '../secret-input.ts'
import { addDuties } from './connector-duties.ts'

export function addConnectorAdministration(connector: Command): void {
  withGroup(connector.command('list').description('every connector of a group')).action(runList)
  withGroup(connector.command('show').description('one connector in full'))
    .argument('<connector>', 'id or name')
    .action(runShow)
  withGroup(connector.command('revoke').description('shut one connector out; its siblings go on'))
    .argument('<connector>', 'id or name')
    .option('--note <text>', 'why; kept in the audit')
    .action(runRevoke)
  addDuties(connector)
  withGroup(connector.command('code').description('make a one-time enrollment code'))
    .option('--name <name>', 'what the connector will be called')
    .option('--minutes <n>', 'valid for this long, at most 60', '60')
    .option('--out <file>', 'write the code to a file (mode 0600) instead of printing it')
    .action(runCode)
  withGroup(connector.command('installer').description('make an installer, protected by a certificate password'))
    .requiredOption('--out <file>', 'where to write the installer')
    .option('--password-file <file>', 'certificate password (mode 0600); without it one is generated and printed once')
    .option('--uses <n>', 'how many connectors it may enroll', '1')
    .option('--days <n>', 'for how many days', '7')
    .action(runInstaller)
}

async function runList(options: GroupOptions): Promise<void> {
  const client = consoleFrom(options)
  const group = await groupIdFrom(client, options.group)
  const { connectors } = await client.call<{ readonly connectors: readonly ListedConnector[] }>(
    'GET',
    `/api/groups/${group}/connectors`,
  )
  if (options.json === true) return printJson(connectors)
  if (connectors.length === 0) return print('No connector is enrolled. Invite one with: sallygate connector code')
  printTable(
    [
      'connector',
      'state',
      'health',
      'services',
      'in flight',
      'ms',
      'weight',
      'software',
      'last seen',
      'certificate until',
      'id',
    ],
    connectors.map((one) => [
      one.name,
      verdict(one.state),
      one.health,
      servicesOf(one),
      one.inFlight,
      one.latencyMs,
      one.wanted?.weight,
      one.software,
      one.lastSeen,
      one.certificate?.notAfter.slice(0, 10),
      one.id,
    ]),
  )
}

/** Those that are on: which are not well, or that all are. */
function servicesOf({ services }: ListedConnector): string {
  const on = services.filter(({ state }) => state !== 'off')
  const unwell = on.filter(({ state }) => state !== 'healthy')
  if (unwell.length === 0) return on.length === 0 ? 'none' : verdict('ok')
  return unwell.map(({ service, state }) => `${service} ${verdict(state)}`).join(', ')
}

async function runShow(connector: string, options: GroupOptions): Promise<void> {
  const client = consoleFrom(options)
  const group = await groupIdFrom(client, options.group)
  const path = `/api/groups/${group}/connectors/${encodeURIComponent(connector)}`
  const one = await client.call<ConnectorInFull>('GET', path)
  if (options.json === true) printJson(one)
  else printConnector(one)
}

async function runRevoke(connector: string, options: GroupOptions & { readonly note?: string }): Promise<void> {
  const client = consoleFrom(options)
  const group = await groupIdFrom(client, options.group)
  const path = `/api/groups/${group}/connectors/${encodeURIComponent(connector)}/revoke`
  const answer = await client.call('POST', path, options.note === undefined ? undefined : { note: options.note })
  if (options.json === true) return printJson(answer)
  print(`${connector} is revoked. The relay lets it in no more; this takes at most ten seconds.`)
}

interface CodeFlags extends GroupOptions {
  readonly name?: string
  readonly minutes: string
  readonly out?: string
}

async function runCode(options: CodeFlags): Promise<void> {
  const client = consoleFrom(options)
  const group = await groupIdFrom(client, options.group)
  const body = { validMinutes: Number(options.minutes), ...(options.name === undefined ? {} : { name: options.name }) }
  const made = await client.call<{ readonly code: string; readonly expiresAt: string; readonly command: string }>(
    'POST',
    `/api/groups/${group}/enrollment-codes`,
    body,
  )
  if (options.out !== undefined) writeFileAtomic(options.out, `${made.code}\n`)
  if (options.json === true) return printJson(made)
  if (options.out === undefined) print(made.code)
  say(paint('dim', `valid once, until ${made.expiresAt}`))
  say(`On the connector's host, with the code in a file of mode 0600:\n  ${made.command}`)
}

interface InstallerFlags extends GroupOptions {
  readonly out: string
  readonly passwordFile?: string
  readonly uses: string
  readonly days: string
}

async function runInstaller(options: InstallerFlags): Promise<void> {
  const client = consoleFrom(options)
  const group = await groupIdFrom(client, options.group)
  const password =
    options.passwordFile === undefined ? {} : { certificatePassword: secretFromFile(options.passwordFile).reveal() }
  const made = await client.call<{ readonly installer: unknown; readonly certificatePassword?: string }>(
    'POST',
    `/api/groups/${group}/installer`,
    {
      uses: Number(options.uses),
      days: Number(options.days),
      ...password,
    },
  )
  writeFileAtomic(
    options.out,
    typeof made.installer === 'string' ? made.installer : `${JSON.stringify(made.installer)}\n`,
  )
  const { certificatePassword } = made
  if (options.json === true)
    return printJson({ file: options.out, ...(certificatePassword === undefined ? {} : { certificatePassword }) })
  print(`Wrote ${options.out}: ${options.uses} use(s) within ${options.days} day(s).`)
  if (certificatePassword !== undefined)
    print(`Certificate password, shown this once: ${paint('bold', certificatePassword)}`)
  say(`On the connector's host:\n  sallygate connector enroll --installer ${options.out} --home DIR`)
}
