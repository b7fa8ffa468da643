/**
 * `sallygate device`: the devices of the inventory, and what they are asked to do.
 *
 * @module
 */
import type { Command } from 'commander'
import { consoleFrom, withConsole, type AccessOptions } from '../console-access.ts'
import { cliFailure } from '../failures.ts'
import { print, printFields, printJson, printTable } from '../output.ts'
import { queryOf } from '../query.ts'
import { addDeviceCode } from './device-code.ts'

type Flags = AccessOptions & { readonly json?: boolean }

interface Listed {
  readonly id: string
  readonly name: string
  readonly groupName: string
  readonly state: string
  readonly compliant: boolean
  readonly failingPolicies: readonly string[]
  readonly platform?: string
  readonly mac?: string
  readonly serial?: string
  readonly userName?: string
  readonly lastReportAt: string
}

interface Fact {
  readonly value?: string | boolean
  readonly isUnknown: boolean
  readonly source: string
  readonly at: string
}

interface Device {
  readonly id: string
  readonly name: string
  readonly groupName: string
  readonly state: string
  readonly identifiers: Readonly<Record<string, string>>
  readonly macs: readonly {
    readonly mac: string
    readonly isCurrent: boolean
    readonly isLocallyAdministered: boolean
    readonly firstSeenAt: string
    readonly lastSeenAt: string
  }[]
  readonly facts: Readonly<Record<string, Fact>>
  readonly verdict: {
    readonly compliant: boolean
    readonly failing: readonly {
      readonly policy: string
      readonly rule: string
      readonly says: string
      readonly countsForAccess: boolean
      readonly remediation: string
    }[]
  }
  readonly enrolledAt: string
  readonly lastReportAt: string
  readonly agent?: { readonly lastCheckInAt: string }
}

interface ListFlags extends Flags {
  readonly group?: string
  readonly search?: string
  readonly state?: string
  readonly platform?: string
  readonly failing?: string
  readonly noncompliant?: boolean
  readonly randomMac?: boolean
  readonly silentHours?: string
  readonly sort?: string
  readonly limit: string
}

/** What the console gives in one answer. */
const mostPerPage = 1000

export function addDevice(program: Command): void {
  const device = program.command('device').description('the devices of the inventory')
  withConsole(device.command('list').description('devices, searched and filtered by the console'))
    .option('--group <group>', 'only of this group and below')
    .option('--search <words>', 'words that are all in its name, identifiers, addresses, user or model')
    .option('--state <states>', 'some of enrolled,unenrolled,wipePending,wiped,deleted')
    .option('--platform <names>', 'such as linux,windows')
    .option('--failing <policy>', 'that fail this policy')
    .option('--noncompliant', 'that are not compliant')
    .option('--random-mac', 'with an address that software made up')
    .option('--silent-hours <n>', 'that have not reported for so long')
    .option('--sort <column>', 'name, lastReport, enrolled, compliance, user, model, platform, osVersion, serial')
    .option('--limit <n>', 'at most so many', '100')
    .action(runList)
  aDevice(device.command('show').description('one device: facts with their sources, addresses, failing rules')).action(
    runShow,
  )
  aDevice(device.command('unenroll').description('refuse its agent; network access control knows it no more'))
    .option('--note <text>', 'why; kept in the audit')
    .action(async (reference: string, flags: Flags & { readonly note?: string }) => {
      const path = await pathOf(flags, reference)
      const shown = await consoleFrom(flags).call<Device>('POST', `${path}/unenroll`, noteOf(flags.note))
      if (flags.json === true) return printJson(shown)
      print(`${shown.name} is un-enrolled.`)
    })
  aDevice(device.command('delete').description('delete it; if it is reported again, it is a new one'))
    .option('--note <text>', 'why; kept in the audit')
    .action(async (reference: string, flags: Flags & { readonly note?: string }) => {
      const answer = await consoleFrom(flags).call('DELETE', await pathOf(flags, reference), noteOf(flags.note))
      if (flags.json === true) return printJson(answer)
      print(`${reference} is deleted.`)
    })
  aDevice(device.command('command').description('ask it to do something at its next check-in'))
    .argument('<what>', 'lock, message, report, enterpriseWipe or fullWipe')
    .option('--title <text>', 'of a message')
    .option('--body <text>', 'of a message')
    .option('--note <text>', 'why; kept in the audit')
    .action(runCommand)
  aDevice(device.command('commands').description('what it was asked to do, and what came of it')).action(runCommands)
  addDeviceCode(device)
}

function aDevice(command: Command): Command {
  return withConsole(command).argument(
    '<device>',
    'id, or a search that finds only one: a name, serial number, address',
  )
}

async function runList(flags: ListFlags): Promise<void> {
  const { group, search, state, platform, failing, silentHours, sort } = flags
  const query = {
    group,
    search,
    state,
    platform,
    failing,
    silentHours,
    sort,
    compliant: flags.noncompliant === true ? 'false' : undefined,
    randomMac: flags.randomMac === true ? 'true' : undefined,
  }
  const wanted = Number(flags.limit)
  if (!Number.isInteger(wanted) || wanted < 1)
    throw cliFailure('BAD_ARGUMENT', { details: { expected: '--limit with a number from 1' } })
  const { devices, isMore } = await listed(flags, query, wanted)
  if (flags.json === true) return printJson(devices)
  printTable(
    ['name', 'group', 'state', 'compliant', 'platform', 'user', 'MAC', 'serial', 'reported', 'id'],
    devices.map((one) => [
      one.name,
      one.groupName,
      one.state,
      one.compliant ? 'yes' : `no: ${one.failingPolicies.join(', ')}`,
      one.platform,
      one.userName,
      one.mac,
      one.serial,
      one.lastReportAt.slice(0, 16),
      one.id,
    ]),
  )
  if (isMore) print(`There are more. Show them with --limit, or narrow the list with --search.`)
}

async function listed(
  flags: Flags,
  query: Readonly<Record<string, string | undefined>>,
  wanted: number,
): Promise<{ readonly devices: readonly Listed[]; readonly isMore: boolean }> {
  const devices: Listed[] = []
  let cursor: string | undefined
  do {
    const limit = String(Math.min(mostPerPage, wanted - devices.length))
    const path = `/api/devices${queryOf({ ...query, limit, cursor })}`
    const page: { devices: readonly Listed[]; nextCursor?: string } = await consoleFrom(flags).call('GET', path)
    devices.push(...page.devices)
    cursor = page.nextCursor
  } while (cursor !== undefined && devices.length < wanted)
  return { devices, isMore: cursor !== undefined }
}

async function runShow(reference: string, flags: Flags): Promise<void> {
  const device = await consoleFrom(flags).call<Device>('GET', await pathOf(flags, reference))
  if (flags.json === true) return printJson(device)
  const { verdict } = device
  printFields([
    ['name', device.name],
    ['id', device.id],
    ['group', device.groupName],
    ['state', device.state],
    ['compliant', verdict.compliant ? 'yes' : 'no'],
    ['enrolled', device.enrolledAt],
    ['reported', device.lastReportAt],
    ['agent', device.agent === undefined ? 'none' : `checked in ${device.agent.lastCheckInAt}`],
    ...Object.entries(device.identifiers),
  ])
  if (verdict.failing.length > 0) {
    print('')
    printTable(
      ['policy', 'asks for', 'but', 'keeps off', 'what to do'],
      verdict.failing.map((one) => [
        one.policy,
        one.rule,
        one.says,
        one.countsForAccess ? 'yes' : 'no',
        one.remediation,
      ]),
    )
  }
  print('')
  printTable(
    ['MAC', 'now', 'made up', 'first seen', 'last seen'],
    device.macs.map((one) => [
      one.mac,
      one.isCurrent ? 'yes' : 'no',
      one.isLocallyAdministered ? 'yes' : 'no',
      one.firstSeenAt.slice(0, 16),
      one.lastSeenAt.slice(0, 16),
    ]),
  )
  print('')
  printTable(
    ['fact', 'value', 'source', 'when'],
    Object.entries(device.facts).map(([name, fact]) => [
      name,
      fact.isUnknown ? 'unknown' : fact.value,
      fact.source,
      fact.at.slice(0, 16),
    ]),
  )
}

interface CommandFlags extends Flags {
  readonly title?: string
  readonly body?: string
  readonly note?: string
}

async function runCommand(reference: string, kind: string, flags: CommandFlags): Promise<void> {
  const { title, body = '', note } = flags
  const text = kind === 'message' ? { text: { title: title ?? 'Message', body } } : {}
  const order = { kind, ...text, ...(note === undefined ? {} : { note }) }
  const path = `${await pathOf(flags, reference)}/commands`
  const made = await consoleFrom(flags).call<{ readonly id: string; readonly isNew: boolean }>('POST', path, order)
  if (flags.json === true) return printJson(made)
  print(
    made.isNew ? `It is told at its next check-in (${made.id}).` : `It was asked for before, and waits (${made.id}).`,
  )
}

async function runCommands(reference: string, flags: Flags): Promise<void> {
  const path = `${await pathOf(flags, reference)}/commands`
  const { commands } = await consoleFrom(flags).call<{ commands: readonly Readonly<Record<string, string>>[] }>(
    'GET',
    path,
  )
  if (flags.json === true) return printJson(commands)
  printTable(
    ['what', 'state', 'asked', 'by', 'ended', 'result', 'id'],
    commands.map((one) =>
      ['kind', 'state', 'requestedAt', 'by', 'endedAt', 'result', 'id'].map((member) => one[member]),
    ),
  )
}

const noteOf = (note: string | undefined) => (note === undefined ? undefined : { note })

/** @throws CLI_BAD_ARGUMENT where the words find none or several. */
async function pathOf(flags: Flags, reference: string): Promise<string> {
  if (/^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(reference)) return `/api/devices/${reference}`
  const { devices, isMore } = await listed(flags, { search: reference }, 2)
  const [only, ...others] = devices
  if (only === undefined || others.length > 0 || isMore)
    throw cliFailure('BAD_ARGUMENT', {
      details: { expected: 'words that find one device', found: only === undefined ? 'none' : 'several' },
    })
  return `/api/devices/${only.id}`
}
