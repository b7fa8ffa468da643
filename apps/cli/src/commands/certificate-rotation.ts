/**
 * `sallygate certificate regenerate|revoke-now|progress`: the keys of a group, replaced while everything goes on.
 *
 * Both begin it and then show how far each connector is, until nobody who is attached
 * is waited for. Interrupting ends the watching, not the replacement.
 *
 * @module
 */
import { setTimeout as sleep } from 'node:timers/promises'
import type { ConsoleClient } from '@sallygate/supervisor'
import { Option, type Command } from 'commander'
import { consoleFrom, groupIdFrom, withGroup, type AccessOptions } from '../console-access.ts'
import { cliFailure } from '../failures.ts'
import { paint, print, printJson, printTable, say, verdict } from '../output.ts'

interface Rotation {
  readonly cause: string
  readonly scope: string
  readonly state: string
  readonly says: string
  readonly startedAt: string
  readonly startedBy: string
  readonly graceEndsAt: string
  readonly leftBehind?: number
  readonly connectors: readonly RotationConnector[]
}

interface RotationConnector {
  readonly name: string
  readonly attached: boolean
  readonly done: boolean
  readonly says: string
  readonly fix?: string
}

interface Flags extends AccessOptions {
  readonly json?: boolean
  readonly group?: string
}

interface BeginFlags extends Flags {
  readonly note: string
  readonly grace: string
  readonly wait: boolean
  readonly signingOnly?: boolean
}

const askEveryMs = 1000

export function addRotation(certificate: Command): void {
  beginning(certificate.command('regenerate').description('replace the keys of a group; no call fails meanwhile'))
    .option('--signing-only', 'only the key that signs requests; the authority and the connectors’ certificates stay')
    .action((flags: BeginFlags) =>
      begin(flags, 'regenerate', { scope: flags.signingOnly === true ? 'signing' : 'all' }),
    )
  beginning(
    certificate
      .command('revoke-now')
      .description('distrust the keys of a group at once, for when one may be stolen; calls wait for seconds'),
  ).action((flags: BeginFlags) => begin(flags, 'revoke-now', {}))
  withGroup(
    certificate.command('progress').description('how far the replacement of keys has come, by connector'),
  ).action(async (flags: Flags) => {
    const client = consoleFrom(flags)
    show(await rotationOf(client, await groupIdFrom(client, flags.group)), flags)
  })
}

function beginning(command: Command): Command {
  return withGroup(command)
    .addOption(new Option('--note <text>', 'why; kept in the audit').makeOptionMandatory())
    .option('--grace <time>', 'how long a connector may be away and still come back, such as 12h or 30d', '7d')
    .option('--no-wait', 'do not wait for the connectors that are attached')
}

/** @throws CLI_BAD_ARGUMENT. */
export function minutesOf(text: string): number {
  const [, count, unit] = /^(\d{1,6})(m|h|d)$/.exec(text) ?? []
  const minutes = Number(count) * { m: 1, h: 60, d: 24 * 60 }[(unit ?? 'm') as 'm' | 'h' | 'd']
  if (count === undefined || minutes > 90 * 24 * 60)
    throw cliFailure('BAD_ARGUMENT', {
      details: { argument: '--grace', expected: 'such as 30m, 12h or 7d, at most 90d' },
    })
  return minutes
}

async function begin(flags: BeginFlags, verb: string, more: Readonly<Record<string, unknown>>): Promise<void> {
  const graceMinutes = minutesOf(flags.grace)
  const client = consoleFrom(flags)
  const group = await groupIdFrom(client, flags.group)
  const body = { note: flags.note, graceMinutes, ...more }
  const begun = await client.call<Rotation>('POST', `/api/groups/${group}/certificates/${verb}`, body)
  show(flags.wait ? await settled(client, group, begun, flags.json === true) : begun, flags)
}

/** Until nobody who is attached is waited for. What changes is said as it does. */
async function settled(
  client: ConsoleClient,
  group: string,
  begun: Rotation,
  isQuiet: boolean,
): Promise<Rotation | undefined> {
  const told = new Map<string, string>()
  const tell = (about: string, says: string) => {
    if (!isQuiet && told.get(about) !== says) say(about === '' ? says : `${paint('dim', about)} ${says}`)
    told.set(about, says)
  }
  for (let now: Rotation | undefined = begun; ; now = await rotationOf(client, group)) {
    // Over already: with no grace it ends with the last step.
    if (now === undefined) return undefined
    tell('', now.says)
    for (const { name, says } of now.connectors) tell(name, says)
    const isWaiting = now.connectors.some(({ attached, done }) => attached && !done)
    if (now.state !== 'announced' && !isWaiting) return now
    await sleep(askEveryMs)
  }
}

async function rotationOf(client: ConsoleClient, group: string): Promise<Rotation | undefined> {
  const path = `/api/groups/${group}/certificates/rotation`
  return (await client.call<{ readonly rotation?: Rotation }>('GET', path)).rotation
}

function show(rotation: Rotation | undefined, { json }: Flags): void {
  // oxlint-disable-next-line unicorn/no-null -- JSON has no undefined
  if (json === true) return printJson(rotation ?? null)
  if (rotation === undefined) return print('No keys are being replaced. The old ones, if there were any, have ended.')
  print(rotation.says)
  print(`Begun ${rotation.startedAt} by ${rotation.startedBy}; the old keys end ${rotation.graceEndsAt}.`)
  if (rotation.connectors.length === 0) return
  printTable(
    ['connector', 'at the relay', 'state'],
    rotation.connectors.map((one) => [one.name, verdict(one.attached ? 'attached' : 'away'), one.says]),
  )
  for (const { name, fix } of rotation.connectors) if (fix !== undefined) print(`${name}: ${fix}`)
}
