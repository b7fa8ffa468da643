/**
 * `sallygate requests`: the log of what was asked through the gate, and whether anybody changed it.
 *
 * @module
 */
import type { Command } from 'commander'
import { consoleFrom, groupIdFrom, withConsole, withGroup, type GroupOptions } from '../console-access.ts'
import { exits, paint, print, printJson, printTable } from '../output.ts'

type Flags = GroupOptions & { readonly limit?: string }

interface LoggedRequest {
  readonly at: string
  readonly operation: string
  readonly component: string
  readonly outcome: string
  readonly connector?: string | null
}

export function addRequests(program: Command): void {
  const requests = program.command('requests').description('the request log, chained by digests')
  withGroup(requests.command('list').description('the newest requests of a group'))
    .option('--limit <n>', 'at most this many', '20')
    .action(async (options: Flags) => {
      const client = consoleFrom(options)
      const group = await groupIdFrom(client, options.group)
      const answer = await client.call<{ readonly requests: readonly LoggedRequest[] }>(
        'GET',
        `/api/groups/${group}/requests?limit=${encodeURIComponent(options.limit ?? '20')}`,
      )
      if (options.json === true) return printJson(answer.requests)
      printTable(
        ['at', 'operation', 'component', 'outcome', 'connector'],
        answer.requests.map((one) => [one.at, one.operation, one.component, one.outcome, one.connector]),
      )
    })
  withConsole(requests.command('verify').description('whether a row was changed, removed or moved')).action(
    async (options: Flags) => {
      const answer = await consoleFrom(options).call<{
        readonly ok: boolean
        readonly rows: number
        readonly says?: string
      }>('GET', '/api/requests/verify')
      if (!answer.ok) process.exitCode = exits.findings
      if (options.json === true) return printJson(answer)
      print(
        answer.ok
          ? `${paint('green', 'ok')}  ${answer.rows} rows, the chain is whole`
          : `${paint('red', 'broken')}  ${answer.says ?? ''}`,
      )
    },
  )
}
