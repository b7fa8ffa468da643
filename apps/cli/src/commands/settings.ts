/**
 * `sallygate settings`: settings pages of a group, inherited or its own.
 *
 * @module
 */
import { readFileSync } from 'node:fs'
import type { Command } from 'commander'
import { consoleFrom, groupIdFrom, withGroup, type GroupOptions } from '../console-access.ts'
import { cliFailure } from '../failures.ts'
import { print, printFields, printJson, printTable, verdict } from '../output.ts'
import { askSecret, secretFromFile } from '../secret-input.ts'
import { fromText, plain, type PageValue } from '../settings-values.ts'

interface Summary {
  readonly page: string
  readonly title: string
  readonly mode: string
  readonly permission: string
  readonly childPermission: string
  readonly isOff: boolean
}

interface Page extends Summary {
  readonly values: Readonly<Record<string, PageValue>>
  readonly acknowledged: readonly {
    readonly connector: string
    readonly state: string
    readonly failure?: { readonly says: string; readonly fix: string }
  }[]
  readonly notes: readonly string[]
  readonly erased?: readonly string[]
}

const permissions = 'inheritOnly, overrideOnly or inheritOrOverride'

export function addSettings(program: Command): void {
  const settings = program.command('settings').description('settings pages: what holds for a group, and whose it is')
  withGroup(settings.command('show').description('all pages of a group, or what holds on one and where it comes from'))
    .argument('[page]')
    .action(runShow)
  withGroup(settings.command('set').description('give a group values of its own; connectors hear of it at once'))
    .argument('<page>')
    .argument('[value...]', 'name=value; a value is JSON, or text')
    .option('--file <file>', 'all values as JSON, or - for standard input')
    .option('--secret <name=file...>', 'take a secret from a file (mode 0600)')
    .option('--ask <name...>', 'ask for a secret on the terminal')
    .option('--children <permission>', `what its children may do: ${permissions}`)
    .addHelpText(
      'after',
      '\nExample: sallygate settings set cloudConnector services=\'{"directory":"off"}\'\nWhat is not named is the default of the page; what was inherited is not taken over.',
    )
    .action(runSet)
  withGroup(settings.command('inherit').description('use what the group above has; own values are erased'))
    .argument('<page>')
    .option('--children <permission>', `what its children may do: ${permissions}`)
    .action(runInherit)
}

async function runShow(page: string | undefined, options: GroupOptions): Promise<void> {
  const client = consoleFrom(options)
  const path = `/api/groups/${await groupIdFrom(client, options.group)}/settings`
  if (page !== undefined) return show(await client.call<Page>('GET', `${path}/${encodeURIComponent(page)}`), options)
  const { pages } = await client.call<{ readonly pages: readonly Summary[] }>('GET', path)
  if (options.json === true) return printJson(pages)
  printTable(
    ['page', 'title', 'mode', 'children may', 'state'],
    pages.map((one) => [one.page, one.title, one.mode, one.childPermission, one.isOff ? 'off' : 'on']),
  )
}

interface SetFlags extends GroupOptions {
  readonly file?: string
  readonly secret?: readonly string[]
  readonly ask?: readonly string[]
  readonly children?: string
}

async function runSet(page: string, given: readonly string[], options: SetFlags): Promise<void> {
  const client = consoleFrom(options)
  const group = await groupIdFrom(client, options.group)
  const values: Record<string, unknown> = options.file === undefined ? {} : readValues(options.file)
  for (const pair of given) {
    const [name, text] = split(pair, 'value')
    values[name] = valueOf(text)
  }
  for (const pair of options.secret ?? []) {
    const [name, file] = split(pair, '--secret')
    values[name] = secretFromFile(file).reveal()
  }
  for (const name of options.ask ?? []) values[name] = (await askSecret(name)).reveal()
  // Only what children may do: the values stay as they are.
  const isPermissionOnly = Object.keys(values).length === 0 && options.children !== undefined
  const body = { ...(isPermissionOnly ? {} : { mode: 'override', values }), ...childrenOf(options) }
  show(await client.call<Page>('PUT', `/api/groups/${group}/settings/${encodeURIComponent(page)}`, body), options)
}

async function runInherit(page: string, options: SetFlags): Promise<void> {
  const client = consoleFrom(options)
  const group = await groupIdFrom(client, options.group)
  const body = { mode: 'inherit', ...childrenOf(options) }
  show(await client.call<Page>('PUT', `/api/groups/${group}/settings/${encodeURIComponent(page)}`, body), options)
}

const childrenOf = ({ children }: SetFlags) => (children === undefined ? {} : { childPermission: children })

function show(page: Page, options: GroupOptions): void {
  if (options.json === true) return printJson(page)
  printFields([
    ['page', `${page.title} (${page.page})${page.isOff ? ', off' : ''}`],
    ['mode', page.mode],
    ['may', page.permission],
    ['children may', page.childPermission],
  ])
  const values = Object.entries(page.values)
  if (values.length > 0) {
    printTable(
      ['setting', 'value', 'from'],
      values.map(([name, one]) => [name, plain(one.value), fromText(one.from)]),
    )
  }
  for (const one of page.acknowledged) {
    print(`${verdict(one.state)}  ${one.connector}${one.failure ? `  ${one.failure.says} ${one.failure.fix}` : ''}`)
  }
  const erased = page.erased ?? []
  if (erased.length > 0) print(`Erased, to be given again: ${erased.join(', ')}`)
  for (const note of page.notes) print(note)
}

function split(pair: string, argument: string): readonly [string, string] {
  const at = pair.indexOf('=')
  if (at < 1) throw cliFailure('BAD_ARGUMENT', { details: { argument, expected: 'name=…' } })
  return [pair.slice(0, at), pair.slice(at + 1)]
}

function valueOf(text: string): unknown {
  try {
    return JSON.parse(text) as unknown
  } catch {
    return text
  }
}

function readValues(file: string): Record<string, unknown> {
  try {
    const value = JSON.parse(readFileSync(file === '-' ? 0 : file, 'utf8')) as unknown
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Record<string, unknown>
  } catch (cause) {
    throw cliFailure('BAD_ARGUMENT', { cause, details: { argument: '--file', expected: 'a readable file with JSON' } })
  }
  throw cliFailure('BAD_ARGUMENT', { details: { argument: '--file', expected: 'a JSON object' } })
}
