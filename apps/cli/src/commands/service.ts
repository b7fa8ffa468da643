/**
 * `sallygate service`: settings of a group's enterprise services, and checks of them.
 *
 * @module
 */
import type { Command } from 'commander'
import type { CheckRow } from '../answers.ts'
import { printCheckRows, setExitCodeFor } from '../check-rows.ts'
import { consoleFrom, groupIdFrom, withGroup, type GroupOptions } from '../console-access.ts'
import { cliFailure } from '../failures.ts'
import { exits, paint, print, printFields, printJson, printTable, verdict } from '../output.ts'
import { askSecret, secretFromFile } from '../secret-input.ts'
import { readSettings } from '../settings-file.ts'
import { plain } from '../settings-values.ts'

interface Acknowledgement {
  readonly connector: string
  readonly generation: number
  readonly state: string
  readonly failure?: Said | null
  /** Newer settings that it would not take. */
  readonly refused?: { readonly generation: number; readonly failure: Said }
}

interface Said {
  readonly code: string
  readonly says: string
  readonly fix: string
  readonly details?: Readonly<Record<string, unknown>>
}

interface ServiceAnswer {
  readonly service: string
  readonly settings: Readonly<Record<string, unknown>> | null
  readonly generation: number
  readonly acknowledged: readonly Acknowledgement[]
  readonly nobodyRunsOnThem?: { readonly code: string; readonly says: string; readonly fix: string }
}

export function addService(program: Command): void {
  const service = program.command('service').description('enterprise services: settings and checks')
  withGroup(service.command('list').description('services and their state')).action(runList)
  withGroup(service.command('show').description('the settings of a service; secrets show only that they are set'))
    .argument('<service>')
    .action(runShow)
  withGroup(
    service.command('set').description('give a service its settings; every connector of the group gets them at once'),
  )
    .argument('<service>')
    .requiredOption('--file <file>', 'settings as JSON, or - for standard input')
    .option('--secret <name=file...>', 'take a secret field from a file (mode 0600)')
    .option('--ask <name...>', 'ask for a secret field on the terminal')
    .addHelpText('after', '\nExample: sallygate service set directory --file directory.json --ask bindPassword')
    .action(runSet)
  withGroup(service.command('off').description('turn a service off for a group')).argument('<service>').action(runOff)
  withGroup(service.command('check').description('check a service from every connector of the group'))
    .argument('<service>')
    .action(runCheck)
}

async function runList(options: GroupOptions): Promise<void> {
  const client = consoleFrom(options)
  const group = await groupIdFrom(client, options.group)
  const { services } = await client.call<{ readonly services: readonly ServiceAnswer[] }>(
    'GET',
    `/api/groups/${group}/services`,
  )
  if (options.json === true) return printJson(services)
  printTable(
    ['service', 'settings', 'generation', 'acknowledged by'],
    services.map((one) => [one.service, one.settings === null ? 'off' : 'on', one.generation, acknowledgedBy(one)]),
  )
}

function acknowledgedBy(service: ServiceAnswer): string {
  return (
    service.acknowledged
      .map(({ connector, state, refused }) => {
        const runsOn = refused === undefined ? '' : `, ${paint('red', `refused ${refused.generation}`)}`
        return `${connector} (${verdict(state)}${runsOn})`
      })
      .join(', ') || '–'
  )
}

async function runShow(service: string, options: GroupOptions): Promise<void> {
  const client = consoleFrom(options)
  const group = await groupIdFrom(client, options.group)
  const path = `/api/groups/${group}/services/${encodeURIComponent(service)}`
  const one = await client.call<ServiceAnswer>('GET', path)
  if (options.json === true) return printJson(one)
  printFields([
    ['service', one.service],
    ['settings', one.settings === null ? 'off' : `generation ${one.generation}`],
    ['acknowledged by', acknowledgedBy(one)],
    ...(one.nobodyRunsOnThem === undefined ? [] : [['not in use', one.nobodyRunsOnThem.says] as const]),
    ...Object.entries(one.settings ?? {}).map(([name, value]) => [name, plain(value)] as const),
  ])
}

interface SetFlags extends GroupOptions {
  readonly file: string
  readonly secret?: readonly string[]
  readonly ask?: readonly string[]
}

async function runSet(service: string, options: SetFlags): Promise<void> {
  const client = consoleFrom(options)
  const group = await groupIdFrom(client, options.group)
  const settings = { ...readSettings(options.file) }
  for (const pair of options.secret ?? []) {
    const at = pair.indexOf('=')
    if (at < 1) throw cliFailure('BAD_ARGUMENT', { details: { argument: '--secret', expected: 'name=file' } })
    settings[pair.slice(0, at)] = secretFromFile(pair.slice(at + 1)).reveal()
  }
  for (const name of options.ask ?? []) settings[name] = (await askSecret(name)).reveal()
  const answer = await client.call<ServiceAnswer>(
    'PUT',
    `/api/groups/${group}/services/${encodeURIComponent(service)}`,
    { settings },
  )
  if (options.json === true) return printJson(answer)
  print(`${service} has settings of generation ${answer.generation}.`)
  const { nobodyRunsOnThem: nobody } = answer
  if (nobody !== undefined) {
    print(`${paint('yellow', nobody.says)} ${nobody.fix} (${nobody.code})`)
    process.exitCode = exits.findings
  } else if (answer.acknowledged.length === 0)
    print('No connector has acknowledged them yet; they are sent as soon as one is attached.')
  for (const { connector, state, failure, refused } of answer.acknowledged) {
    print(`${verdict(state)}  ${connector}${failure ? `  ${failure.says} ${failure.fix}` : ''}`)
    if (refused === undefined) continue
    print(`${paint('red', 'refused')}  ${connector}  ${inWords(refused.failure)}`)
    process.exitCode = exits.findings
  }
}

/** With the reason the service itself gave: the rest only says that there is one. */
function inWords({ code, says, fix, details }: Said): string {
  const reason = typeof details?.['reason'] === 'string' ? `${details['reason']} ` : ''
  return `${says} ${reason}${fix} (${code})`
}

async function runOff(service: string, options: GroupOptions): Promise<void> {
  const client = consoleFrom(options)
  const group = await groupIdFrom(client, options.group)
  const answer = await client.call('DELETE', `/api/groups/${group}/services/${encodeURIComponent(service)}`)
  if (options.json === true) return printJson(answer ?? {})
  print(`${service} is off.`)
}

async function runCheck(service: string, options: GroupOptions): Promise<void> {
  const client = consoleFrom(options)
  const group = await groupIdFrom(client, options.group)
  const { connectors } = await client.call<{
    readonly connectors: readonly {
      readonly connector: { readonly name: string }
      readonly rows: readonly CheckRow[]
    }[]
  }>('POST', `/api/groups/${group}/services/${encodeURIComponent(service)}/check`)
  setExitCodeFor(connectors.flatMap((one) => one.rows))
  if (options.json === true) return printJson(connectors)
  for (const { connector, rows } of connectors) {
    print(`${paint('bold', service)} from ${paint('bold', connector.name)}`)
    printCheckRows(rows)
  }
}
