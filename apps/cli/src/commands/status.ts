/**
 * `sallygate status`: is the gate open, and what needs attention.
 *
 * @module
 */
import type { Command } from 'commander'
import { consoleFrom, withConsole, type AccessOptions } from '../console-access.ts'
import { exits, paint, print, printFields, printJson, verdict } from '../output.ts'

interface StatusAnswer {
  readonly version: string
  readonly console: string
  readonly relay: {
    readonly state: string
    readonly url?: string | null
    readonly way?: string | null
    readonly failure?: { readonly says: string; readonly fix: string } | null
  }
  readonly groups: number
  readonly connectors: { readonly attached: number; readonly total: number }
  readonly warnings: readonly {
    readonly level: 'red' | 'yellow'
    readonly says: string
    readonly fix: string
    readonly about?: string
  }[]
}

/** Worth a word only where it is not the usual one. */
const wayOf = (way: string | null | undefined) =>
  way === 'longPoll' ? '  by long-poll: no WebSocket gets through' : ''

export function addStatus(program: Command): void {
  withConsole(program.command('status').description('whether the gate is open, and what needs attention')).action(
    async (options: AccessOptions & { readonly json?: boolean }) => {
      const client = consoleFrom(options)
      const status = await client.call<StatusAnswer>('GET', '/api/status')
      if (options.json === true) return printJson(status)
      printFields([
        ['console', `${client.url}  ${verdict('up')}  ${status.version}`],
        ['relay', `${status.relay.url ?? 'not set'}  ${verdict(status.relay.state)}${wayOf(status.relay.way)}`],
        ['connectors', `${status.connectors.attached} attached of ${status.connectors.total}`],
        ['groups', status.groups],
      ])
      if (status.relay.failure) print(`\n${status.relay.failure.says}\n${status.relay.failure.fix}`)
      for (const { level, says, fix, about } of status.warnings) {
        print(`${paint(level, '!')} ${says}${about === undefined ? '' : ` (${about})`} ${fix}`)
      }
      if (status.warnings.some(({ level }) => level === 'red')) process.exitCode = exits.findings
    },
  )
}
