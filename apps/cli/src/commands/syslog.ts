/**
 * `sallygate syslog`: the collectors that are sent what happens in a group.
 *
 * @module
 */
import { readFile } from '@sallygate/base/file'
import type { Command } from 'commander'
import type { CheckRow } from '../answers.ts'
import { printCheckRows, setExitCodeFor } from '../check-rows.ts'
import { consoleFrom, groupIdFrom, withConsole, type AccessOptions } from '../console-access.ts'
import { cliFailure } from '../failures.ts'
import { print, printFields, printJson, printTable } from '../output.ts'
import { secretFromFile } from '../secret-input.ts'

interface State {
  readonly state: string
  readonly sequence: number
  readonly unconfirmed: number
  readonly waiting: number
  readonly waitingBytes: number
  readonly delivered: number
  readonly dropped: number
  readonly cut: number
  readonly repeated: number
  readonly lastDeliveryAt?: string
  readonly failingSince?: string
  readonly nextAttemptAt?: string
  readonly connector?: string
  readonly confirmation?: string
  readonly failure?: { readonly code: string; readonly says: string; readonly fix: string }
}

interface Target {
  readonly id: string
  readonly name: string
  readonly settings: {
    readonly target: {
      readonly host: string
      readonly port: number
      readonly transport: string
      readonly format: string
    }
  } & Readonly<Record<string, unknown>>
  readonly hasClientKey: boolean
  readonly status: State
}

type Flags = AccessOptions & { readonly json?: boolean; readonly group?: string }

interface SettingFlags {
  readonly file?: string
  readonly host?: string
  readonly port?: string
  readonly transport?: string
  readonly format?: string
  readonly framing?: string
  readonly severity?: string
  readonly categories?: string
  readonly trust?: string
  readonly pin?: string
  readonly clientCertificate?: string
  readonly clientKeyFile?: string
}

export function addSyslog(program: Command): void {
  const syslog = program.command('syslog').description('collectors that are sent what happens in a group and below it')
  inGroup(syslog.command('list').description('targets, and how each stands')).action(runList)
  inGroup(
    syslog.command('status').description('whether the service is on, and what waits, was dropped or fails'),
  ).action(runStatus)
  withTarget(syslog.command('show').description('one target: its settings and how it stands')).action(runShow)
  settings(inGroup(syslog.command('add').description('add a target; it is sent what happens from now on')))
    .argument('<name>')
    .action(runAdd)
  settings(withTarget(syslog.command('set').description('change a target; what is not named stays')))
    .option('--name <name>', 'another name')
    .option('--off', 'send it nothing, and keep nothing for it')
    .option('--on', 'send it what happens from now on')
    .action(runSet)
  withTarget(syslog.command('remove').description('remove a target, with what waits for it')).action(runRemove)
  withTarget(
    syslog.command('test').description('each step to a target, and a test message; exit code 2 when one fails'),
  ).action(runTest)
  settings(inGroup(syslog.command('preview').description('the line a target would be sent; nothing is sent')))
    .option('--target <target>', 'with the settings of this target, id or name')
    .option('--event <number>', 'of this event; without it of an example')
    .action(runPreview)
}

function inGroup(command: Command): Command {
  return withConsole(command).option('--group <group>', 'organization group, by name or id')
}

function withTarget(command: Command): Command {
  return inGroup(command).argument('<target>', 'id or name')
}

function settings(command: Command): Command {
  return command
    .option('--file <file>', 'all settings as JSON (docs/syslog.md); the options below stand above it')
    .option('--host <host>', 'the collector')
    .option('--port <port>', 'its port; 6514 for TLS and 514 otherwise unless given')
    .option('--transport <transport>', 'tls, tcp or udp')
    .option('--format <format>', 'rfc5424, cef, leef or template')
    .option('--framing <framing>', 'octetCounting or lineFeed')
    .option('--severity <severity>', 'at least: debug, info, notice, warning, error or critical')
    .option('--categories <names>', 'only these, separated by commas')
    .option('--trust <file>', 'authorities (PEM) for the collector’s certificate')
    .option('--pin <sha256>', 'believe exactly this certificate')
    .option('--client-certificate <file>', 'our certificate (PEM), where the collector asks for one')
    .option('--client-key-file <file>', 'its key (PEM, mode 0600)')
}

async function runList(flags: Flags): Promise<void> {
  const targets = await listed(flags)
  if (flags.json === true) return printJson(targets)
  printTable(
    ['target', 'collector', 'format', 'state', 'waiting', 'dropped', 'delivered', 'id'],
    targets.map(({ name, settings: { target }, status, id }) => [
      name,
      `${target.transport} ${target.host}:${target.port}`,
      target.format,
      status.state,
      status.waiting,
      status.dropped,
      status.delivered,
      id,
    ]),
  )
  printFailures(targets)
}

async function runStatus(flags: Flags): Promise<void> {
  const { client, group } = await access(flags)
  const status = await client.call<{
    readonly isServiceOn: boolean
    readonly targets: readonly { readonly id: string; readonly name: string; readonly status: State }[]
  }>('GET', `/api/groups/${group}/syslog/status`)
  if (flags.json === true) return printJson(status)
  print(
    status.isServiceOn
      ? 'The syslog service is on.'
      : 'The syslog service is off: turn it on for the group, and events are sent.',
  )
  printTable(
    ['target', 'state', 'number', 'waiting', 'bytes', 'unconfirmed', 'dropped', 'delivered', 'last delivery'],
    status.targets.map(({ name, status: one }) => [
      name,
      one.state,
      one.sequence,
      one.waiting,
      one.waitingBytes,
      one.unconfirmed,
      one.dropped,
      one.delivered,
      one.lastDeliveryAt?.slice(0, 19),
    ]),
  )
  printFailures(status.targets)
}

function printFailures(targets: readonly { readonly name: string; readonly status: State }[]): void {
  for (const { name, status } of targets)
    if (status.failure !== undefined) print(`\n${name}: ${status.failure.says} ${status.failure.fix}`)
}

async function runShow(reference: string, flags: Flags): Promise<void> {
  const target = await find(flags, reference)
  if (flags.json === true) return printJson(target)
  const { status } = target
  printFields([
    ['target', target.name],
    ['id', target.id],
    ...Object.entries(target.settings.target).map(([name, value]) => [name, shown(value)] as [string, string]),
    ['client key', target.hasClientKey ? 'set' : 'none'],
    ['state', status.state],
    ['number of the last event', status.sequence],
    ['waiting', status.waiting],
    ['not confirmed', status.unconfirmed],
    ['delivered', status.delivered],
    ['dropped', status.dropped],
    ['cut to length', status.cut],
    ['sent once more', status.repeated],
    ['last delivery', status.lastDeliveryAt],
    ['connector', status.connector],
    ['failing since', status.failingSince],
    ['failure', status.failure?.says],
    ['what to do', status.failure?.fix],
    ['next attempt', status.nextAttemptAt],
  ])
}

/** A certificate is no line. */
function shown(value: unknown): string {
  const text = String(value)
  return text.startsWith('-----BEGIN') ? 'PEM' : text
}

async function runAdd(name: string, flags: Flags & SettingFlags): Promise<void> {
  const { client, group } = await access(flags)
  const body = { name, settings: settingsFrom(flags, {}), ...keyFrom(flags) }
  const added = await client.call<Target>('POST', `/api/groups/${group}/syslog/targets`, body)
  if (flags.json === true) return printJson(added)
  print(`${added.name} is sent what happens from now on. See whether it arrives: sallygate syslog test ${added.id}`)
}

async function runSet(
  reference: string,
  flags: Flags & SettingFlags & { readonly name?: string; readonly off?: boolean; readonly on?: boolean },
): Promise<void> {
  const { client, group } = await access(flags)
  const before = await find(flags, reference)
  const isOn = flags.off === true ? { isOn: false } : flags.on === true ? { isOn: true } : {}
  const body = {
    name: flags.name ?? before.name,
    settings: { ...settingsFrom(flags, before.settings), ...isOn },
    ...keyFrom(flags),
  }
  const path = `/api/groups/${group}/syslog/targets/${before.id}`
  const changed = await client.call<Target & { readonly erased: readonly string[] }>('PUT', path, body)
  if (flags.json === true) return printJson(changed)
  print(`${changed.name} was changed.`)
  if (changed.erased.length > 0)
    print('Its client key was erased, because where it is or whom it believes has changed.')
}

async function runRemove(reference: string, flags: Flags): Promise<void> {
  const { client, group } = await access(flags)
  const { id, name } = await find(flags, reference)
  await client.call('DELETE', `/api/groups/${group}/syslog/targets/${id}`)
  if (flags.json === true) return printJson({ removed: id })
  print(`${name} is sent nothing any more.`)
}

async function runTest(reference: string, flags: Flags): Promise<void> {
  const { client, group } = await access(flags)
  const { id } = await find(flags, reference)
  const answer = await client.call<{ readonly rows: readonly CheckRow[] }>(
    'POST',
    `/api/groups/${group}/syslog/targets/${id}/test`,
  )
  setExitCodeFor(answer.rows)
  if (flags.json === true) return printJson(answer)
  printCheckRows(answer.rows)
}

async function runPreview(
  flags: Flags & SettingFlags & { readonly target?: string; readonly event?: string },
): Promise<void> {
  const { client, group } = await access(flags)
  const from =
    flags.target === undefined ? { target: { host: 'collector' } } : (await find(flags, flags.target)).settings
  const { target } = settingsFrom(flags, from)
  const event = flags.event === undefined ? {} : { event: Number(flags.event) }
  const path = `/api/groups/${group}/syslog/preview`
  const preview = await client.call<{ readonly line: string; readonly bytes: number }>('POST', path, {
    target,
    ...event,
  })
  if (flags.json === true) return printJson(preview)
  print(preview.line)
}

type Settings = Readonly<Record<string, unknown>> & { readonly target: Readonly<Record<string, unknown>> }

/** What is in the file or stands, with what the options say above it. @throws CLI_BAD_ARGUMENT, FILE_*. */
function settingsFrom(flags: SettingFlags, before: object): Settings {
  const base = (flags.file === undefined ? before : readJson(flags.file)) as Partial<Settings>
  const text = (file: string | undefined) => (file === undefined ? undefined : readFile(file).toString('utf8'))
  const isMoved = flags.transport !== undefined && flags.transport !== base.target?.['transport']
  const transport = flags.transport ?? base.target?.['transport'] ?? 'tls'
  const usualPort = transport === 'tls' ? 6514 : 514
  const target = {
    ...base.target,
    ...given({
      host: flags.host,
      transport: flags.transport,
      format: flags.format,
      framing: flags.framing,
      trust: text(flags.trust),
      pin: flags.pin,
      clientCertificate: text(flags.clientCertificate),
    }),
    port: flags.port === undefined ? ((isMoved ? undefined : base.target?.['port']) ?? usualPort) : Number(flags.port),
  }
  const filter = {
    ...(base['filter'] as object | undefined),
    ...given({ severity: flags.severity, categories: flags.categories?.split(',') }),
  }
  return { ...base, target, filter }
}

function readJson(file: string): unknown {
  try {
    return JSON.parse(readFile(file).toString('utf8'))
  } catch (cause) {
    if (!(cause instanceof SyntaxError)) throw cause
    throw cliFailure('BAD_ARGUMENT', { cause, details: { argument: '--file', expected: 'JSON' } })
  }
}

function given(values: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined))
}

function keyFrom({ clientKeyFile }: SettingFlags): { readonly clientKey?: string } {
  return clientKeyFile === undefined ? {} : { clientKey: secretFromFile(clientKeyFile).reveal() }
}

async function access(flags: Flags) {
  const client = consoleFrom(flags)
  return { client, group: await groupIdFrom(client, flags.group) }
}

async function listed(flags: Flags): Promise<readonly Target[]> {
  const { client, group } = await access(flags)
  const path = `/api/groups/${group}/syslog/targets`
  return (await client.call<{ readonly targets: readonly Target[] }>('GET', path)).targets
}

async function find(flags: Flags, reference: string): Promise<Target> {
  const targets = await listed(flags)
  const [found, ...more] = targets.filter(({ id, name }) => id === reference || name === reference)
  if (found === undefined || more.length > 0)
    throw cliFailure('BAD_ARGUMENT', {
      details: { argument: 'target', expected: `one of ${targets.map(({ name }) => name).join(', ')}`.slice(0, 300) },
    })
  return found
}
