/**
 * `sallygate events`: what happened that somebody may have to know.
 *
 * @module
 */
import { writeFileAtomic } from '@sallygate/base/file'
import type { Command } from 'commander'
import { consoleFrom, withConsole, type AccessOptions } from '../console-access.ts'
import { paint, print, printJson, printTable, say } from '../output.ts'
import { queryOf } from '../query.ts'

type Flags = AccessOptions & {
  readonly json?: boolean
  readonly severity?: string
  readonly category?: string
  readonly id?: string
  readonly group?: string
  readonly below?: boolean
  readonly service?: string
  readonly text?: string
  readonly since?: string
  readonly until?: string
  readonly limit?: string
  readonly cursor?: string
  readonly csv?: string
  readonly jsonLines?: string
}

interface Event {
  readonly id: string
  readonly at: string
  readonly severity: string
  readonly says: string
  readonly about?: string
}

const colors = {
  debug: 'dim',
  info: 'dim',
  notice: 'dim',
  warning: 'yellow',
  error: 'red',
  critical: ['red', 'bold'],
} as const

export function addEvents(program: Command): void {
  withConsole(program.command('events').description('what happened, newest first; docs/events.md explains each'))
    .option('--severity <severity>', 'at least: debug, info, notice, warning, error, critical')
    .option('--category <category>', 'connectors, certificates, admins, services, system, devices or nac')
    .option('--id <id>', 'only this event, for example SG-1004')
    .option('--group <group>', 'only of this group and all below it')
    .option('--no-below', 'with --group: not of the groups below it')
    .option('--service <service>', 'only about this service: directory, mail or syslog')
    .option('--text <text>', 'only events with this in what they say, what they are about, or their details')
    .option('--since <time>', 'from this time on, for example 2026-11-22T00:00:00Z')
    .option('--until <time>', 'before this time')
    .option('--limit <n>', 'at most this many; 30, or all of them into a file')
    .option('--cursor <cursor>', 'go on where the last page ended')
    .option('--csv <file>', 'write them as CSV for a spreadsheet to a file, or - for standard output')
    .option('--json-lines <file>', 'write them as JSON, one a line, to a file, or - for standard output')
    .addHelpText(
      'after',
      '\nExample: sallygate events --severity warning --since 2026-11-01T00:00:00Z --csv events.csv',
    )
    .action((options: Flags) => {
      if (options.csv !== undefined) return runExport(options, options.csv, 'export', 1)
      if (options.jsonLines !== undefined) return runExport(options, options.jsonLines, 'export-lines', 0)
      return runList(options)
    })
}

function queryFrom(options: Flags, usual?: string): string {
  const { severity, category, id, group, below, service, text, since, until, limit = usual, cursor } = options
  const only = below === false && group !== undefined ? 'false' : undefined
  return queryOf({ severity, category, id, group, below: only, service, text, since, until, limit, cursor })
}

async function runList(options: Flags): Promise<void> {
  const answer = await consoleFrom(options).call<{
    readonly events: readonly Event[]
    readonly nextCursor?: string
  }>('GET', `/api/events${queryFrom(options, '30')}`)
  if (options.json === true) return printJson(answer)
  printTable(
    ['at', 'id', 'severity', 'what', 'about'],
    answer.events.map((one) => [one.at, one.id, severityOf(one.severity), one.says, one.about]),
  )
  if (answer.nextCursor !== undefined) say(`More: --cursor ${answer.nextCursor}`)
}

/**
 * The console makes the rows: what would be a formula in a spreadsheet is text there.
 *
 * @param heads Lines before the first event.
 * @throws FILE_*.
 */
async function runExport(options: Flags, file: string, route: string, heads: number): Promise<void> {
  const text = await consoleFrom(options).text(`/api/events/${route}${queryFrom(options)}`)
  const rows = text.split('\n').length - 1 - heads
  if (file === '-') process.stdout.write(text)
  else writeFileAtomic(file, text)
  if (options.json === true && file !== '-') printJson({ file, events: rows })
  else if (file !== '-') print(`Wrote ${file}: ${rows} event(s).`)
  if (String(rows) === options.limit) say('There may be older ones: ask again with --until and the time of the last.')
}

function severityOf(severity: string): string {
  const style = (colors as Readonly<Record<string, (typeof colors)[keyof typeof colors]>>)[severity]
  return style === undefined ? severity : paint(style as Parameters<typeof paint>[0], severity)
}
