/**
 * `sallygate relay`: where the relay is, whether it can be reached, and what it needs to trust the console.
 *
 * @module
 */
import { writeFileAtomic } from '@sallygate/base/file'
import type { Command } from 'commander'
import type { CheckRow } from '../answers.ts'
import { printCheckRows, setExitCodeFor } from '../check-rows.ts'
import { consoleFrom, withConsole, type AccessOptions } from '../console-access.ts'
import { print, printFields, printJson, verdict } from '../output.ts'

type Flags = AccessOptions & { readonly json?: boolean }

interface RelayAnswer {
  readonly enabled: boolean
  readonly externalUrl?: string | null
  readonly internalUrl?: string | null
  readonly state: string
}

export function addRelay(program: Command): void {
  const relay = program.command('relay').description('the relay: addresses, reachability, secure channel')
  withConsole(relay.command('show').description('where it is and whether the console is attached')).action(
    async (options: Flags) => {
      const answer = await consoleFrom(options).call<RelayAnswer>('GET', '/api/relay')
      if (options.json === true) return printJson(answer)
      printFields([
        ['enabled', answer.enabled],
        ['external URL', answer.externalUrl],
        ['internal URL', answer.internalUrl],
        ['state', verdict(answer.state)],
      ])
    },
  )
  withConsole(relay.command('set').description('tell the console where the relay is'))
    .requiredOption('--external <url>', 'how connectors reach it, https://relay.example/awcm')
    .option('--internal <url>', 'how the console reaches it, if not by the same URL')
    .action(async (options: Flags & { readonly external: string; readonly internal?: string }) => {
      const body = { enabled: true, externalUrl: options.external, internalUrl: options.internal ?? options.external }
      const answer = await consoleFrom(options).call<RelayAnswer>('PUT', '/api/relay', body)
      if (options.json === true) return printJson(answer)
      print(`The console dials ${body.internalUrl}. Check it with: sallygate relay check`)
    })
  withConsole(
    relay.command('check').description('every step from DNS to the relay’s challenge, from the console'),
  ).action(async (options: Flags) => {
    const { rows } = await consoleFrom(options).call<{ readonly rows: readonly CheckRow[] }>('POST', '/api/relay/check')
    setExitCodeFor(rows)
    if (options.json === true) return printJson(rows)
    printCheckRows(rows)
  })
  withConsole(
    relay.command('secure-channel').description('export what the relay needs to trust this console; public keys only'),
  )
    .requiredOption('--out <file>', 'where to write it; copy it to the relay')
    .action(async (options: Flags & { readonly out: string }) => {
      const file = await consoleFrom(options).call('GET', '/api/relay/secure-channel')
      writeFileAtomic(options.out, `${JSON.stringify(file)}\n`, { mode: 0o644 })
      print(`Wrote ${options.out}. Name it as secureChannelFile in the relay's settings.`)
    })
}
