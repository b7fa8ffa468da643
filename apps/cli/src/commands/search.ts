/**
 * `sallygate search`: find people or groups in a directory behind a connector.
 *
 * @module
 */
import type { Command } from 'commander'
import type { CallAnswer, SearchResult } from '../answers.ts'
import { consoleFrom, groupIdFrom, withConsole, type AccessOptions } from '../console-access.ts'
import { paint, print, printJson, printTable } from '../output.ts'
import { printSpans } from '../spans.ts'

interface SearchFlags extends AccessOptions {
  readonly group?: string
  readonly kind: 'users' | 'groups'
  readonly limit: string
  readonly trace?: boolean
  readonly json?: boolean
}

/** Where a word a person types is looked for. */
const searchedFields = {
  users: ['displayName', 'login', 'mail', 'givenName', 'surname'],
  groups: ['name', 'description'],
} as const

export function addSearch(program: Command): void {
  withConsole(program.command('search').description('find people (or groups) in the directory, through the gate'))
    .argument('[text]', 'part of a name, login or mail address; without it: the first ones')
    .option('--group <group>', 'organization group, by name or id')
    .option('--kind <kind>', 'users or groups', 'users')
    .option('--limit <n>', 'at most this many', '20')
    .option('--trace', 'show how long every step took')
    .addHelpText('after', '\nExample: sallygate search Ada --trace')
    .action(runSearch)
}

async function runSearch(text: string | undefined, flags: SearchFlags): Promise<void> {
  const client = consoleFrom(flags)
  const group = await groupIdFrom(client, flags.group)
  const kind = flags.kind === 'groups' ? 'groups' : 'users'
  const match =
    text === undefined ? {} : { match: { any: searchedFields[kind].map((field) => ({ field, contains: text })) } }
  const answer = await client.call<CallAnswer>('POST', `/api/groups/${group}/call`, {
    operation: 'directory.search',
    parameters: { kind, limit: Number(flags.limit), ...match },
  })
  if (flags.json === true) return printJson(answer)
  const result = answer.result as SearchResult
  const field = (fields: Readonly<Record<string, readonly string[]>>, name: string) => fields[name]?.[0]
  if (kind === 'users') {
    printTable(
      ['name', 'login', 'mail', 'department'],
      result.entries.map(({ fields }) =>
        ['displayName', 'login', 'mail', 'department'].map((name) => field(fields, name)),
      ),
    )
  } else {
    printTable(
      ['group', 'description', 'members'],
      result.entries.map(({ fields }) => [
        field(fields, 'name'),
        field(fields, 'description'),
        fields['member']?.length ?? 0,
      ]),
    )
  }
  const more = result.partial
    ? `; this is not all: ${result.partialBecause ?? 'ended early'}`
    : result.more
      ? '; there are more'
      : ''
  print(
    paint(
      'dim',
      `${result.entries.length} from ${result.server} through ${answer.connector.name} in ${answer.durationMs.toFixed(0)} ms${more}`,
    ),
  )
  if (flags.trace === true) printSpans(answer.spans)
}
