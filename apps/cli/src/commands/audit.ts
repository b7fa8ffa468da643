/**
 * `sallygate audit`: who changed what, and whether anybody changed that.
 *
 * @module
 */
import { readFile } from '@sallygate/base/file'
import type { Command } from 'commander'
import { consoleFrom, withConsole, type AccessOptions } from '../console-access.ts'
import { cliFailure } from '../failures.ts'
import { exits, paint, print, printJson, printTable, say } from '../output.ts'
import { queryOf } from '../query.ts'

type ListFlags = AccessOptions & {
  readonly json?: boolean
  readonly actor?: string
  readonly action?: string
  readonly object?: string
  readonly since?: string
  readonly until?: string
  readonly limit?: string
  readonly cursor?: string
}

interface Entry {
  readonly position: number
  readonly at: string
  readonly actor: { readonly kind: string; readonly name: string }
  readonly source: string
  readonly action: string
  readonly object: string
  readonly outcome: string
  readonly note?: string
}

interface Verdict {
  readonly ok: boolean
  readonly rows: number
  readonly says?: string
}

export function addAudit(program: Command): void {
  const audit = program.command('audit').description('who changed what, chained by digests')
  withConsole(audit.command('list').description('the newest changes'))
    .option('--actor <actor>', 'only of this administrator or key, by name or id')
    .option('--action <action>', 'only actions that begin like this, for example groups.services')
    .option('--object <object>', 'only objects that begin like this')
    .option('--since <time>', 'from this time on, for example 2026-11-22T00:00:00Z')
    .option('--until <time>', 'before this time')
    .option('--limit <n>', 'at most this many', '30')
    .option('--cursor <cursor>', 'go on where the last page ended')
    .action(runList)
  withConsole(audit.command('verify').description('whether a row was changed, removed or moved'))
    .option('--head <file...>', 'audit-heads.json from the home of a connector: also finds an end that was cut off')
    .action(runVerify)
}

async function runList(options: ListFlags): Promise<void> {
  const { actor, action, object, since, until, limit, cursor } = options
  const query = queryOf({ actor, action, object, since, until, limit, cursor })
  const answer = await consoleFrom(options).call<{
    readonly entries: readonly Entry[]
    readonly nextCursor?: string
  }>('GET', `/api/audit${query}`)
  if (options.json === true) return printJson(answer)
  printTable(
    ['at', 'who', 'from', 'action', 'object', 'outcome', 'note'],
    answer.entries.map((one) => [
      one.at,
      one.actor.name === '' ? one.actor.kind : one.actor.name,
      one.source,
      one.action,
      one.object,
      one.outcome,
      one.note,
    ]),
  )
  if (answer.nextCursor !== undefined) say(`More: --cursor ${answer.nextCursor}`)
}

async function runVerify(
  options: AccessOptions & { readonly json?: boolean; readonly head?: readonly string[] },
): Promise<void> {
  const heads = (options.head ?? []).flatMap(headsIn)
  const query = queryOf({ heads: heads.length === 0 ? undefined : heads.join(',') })
  const answer = await consoleFrom(options).call<Verdict>('GET', `/api/audit/verify${query}`)
  if (!answer.ok) process.exitCode = exits.findings
  if (options.json === true) return printJson({ ...answer, heads: heads.length })
  print(
    answer.ok
      ? `${paint('green', 'ok')}  ${answer.rows} rows, the chain is whole${heads.length === 0 ? '' : ` and fits ${heads.length} heads that were left elsewhere`}`
      : `${paint('red', 'broken')}  ${answer.says ?? ''}`,
  )
  if (answer.ok && heads.length === 0)
    say('Whether rows were cut off the end shows only with --head and the audit-heads.json of a connector.')
}

/** More than a URL can carry is more than is needed: the newest covers all before it. */
const mostHeads = 64

/** @throws CLI_BAD_ARGUMENT, FILE_*. */
export function headsIn(path: string): readonly string[] {
  try {
    const { format, heads } = JSON.parse(readFile(path).toString('utf8')) as {
      readonly format?: unknown
      readonly heads?: readonly { readonly head?: unknown }[]
    }
    if (format !== 'sallygate-audit-heads/1' || heads === undefined) throw new Error('another format')
    const written = heads.map(({ head }) => head).filter((head) => typeof head === 'string')
    if (written.length === 0) throw new Error('no heads')
    return written.slice(0, mostHeads)
  } catch (cause) {
    if (!(cause instanceof SyntaxError || (cause instanceof Error && cause.constructor === Error))) throw cause
    throw cliFailure('BAD_ARGUMENT', {
      cause,
      details: { argument: '--head', expected: 'the audit-heads.json of a connector' },
    })
  }
}
