/**
 * How syslog targets stand, as a person reads it.
 *
 * @module
 */
import { print, printFields, printJson, printTable } from '../output.ts'
import { access, find, listed, type Flags, type TargetState } from './syslog-target.ts'

export async function runList(flags: Flags): Promise<void> {
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

export async function runStatus(flags: Flags): Promise<void> {
  const { client, group } = await access(flags)
  const status = await client.call<{
    readonly isServiceOn: boolean
    readonly targets: readonly { readonly id: string; readonly name: string; readonly status: TargetState }[]
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

function printFailures(targets: readonly { readonly name: string; readonly status: TargetState }[]): void {
  for (const { name, status } of targets)
    if (status.failure !== undefined) print(`\n${name}: ${status.failure.says} ${status.failure.fix}`)
}

export async function runShow(reference: string, flags: Flags): Promise<void> {
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
