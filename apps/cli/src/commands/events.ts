/**
 * `sallygate events`: what happened that somebody may have to know.
 *
 * @module
 */
import type { Command } from 'commander'
import { consoleFrom, withConsole, type AccessOptions } from '../console-access.ts'
import { paint, printJson, printTable, say } from '../output.ts'
import { queryOf } from '../query.ts'

type Flags = AccessOptions & {
  readonly json?: boolean
  readonly severity?: string
  readonly category?: string
  readonly id?: string
  readonly text?: string
  readonly since?: string
  readonly until?: string
  readonly limit?: string
  readonly cursor?: string
}

interface Event {
  readonly id: string
  readonly at: string
  readonly severity: string
  readonly says: string
  readonly about?: string
}

const colors = { info: 'dim', warning: 'yellow', error: 'red', critical: ['red', 'bold'] } as const

export function addEvents(program: Command): void {
  withConsole(program.command('events').description('what happened, newest first; docs/events.md explains each'))
    .option('--severity <severity>', 'at least: info, warning, error, critical')
    .option('--category <category>', 'connectors, certificates, admins, services or system')
    .option('--id <id>', 'only this event, for example SG-1004')
    .option('--text <text>', 'only events with this in what they are about, or in their details')
    .option('--since <time>', 'from this time on, for example 2026-11-22T00:00:00Z')
    .option('--until <time>', 'before this time')
    .option('--limit <n>', 'at most this many', '30')
    .option('--cursor <cursor>', 'go on where the last page ended')
    .action(async (options: Flags) => {
      const { severity, category, id, text, since, until, limit, cursor } = options
      const query = queryOf({ severity, category, id, text, since, until, limit, cursor })
      const answer = await consoleFrom(options).call<{
        readonly events: readonly Event[]
        readonly nextCursor?: string
      }>('GET', `/api/events${query}`)
      if (options.json === true) return printJson(answer)
      printTable(
        ['at', 'id', 'severity', 'what', 'about'],
        answer.events.map((one) => [one.at, one.id, severityOf(one.severity), one.says, one.about]),
      )
      if (answer.nextCursor !== undefined) say(`More: --cursor ${answer.nextCursor}`)
    })
}

function severityOf(severity: string): string {
  const style = (colors as Readonly<Record<string, (typeof colors)[keyof typeof colors]>>)[severity]
  return style === undefined ? severity : paint(style as Parameters<typeof paint>[0], severity)
}
