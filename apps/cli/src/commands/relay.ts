/**
 * `sallygate relay`: where the relay is, whether it can be reached, and what it needs to trust the console.
 *
 * @module
 */
import { readFile, writeFileAtomic } from '@sallygate/base/file'
import type { Command } from 'commander'
import type { CheckRow } from '../answers.ts'
import { printCheckRows, setExitCodeFor } from '../check-rows.ts'
import { consoleFrom, withConsole, type AccessOptions } from '../console-access.ts'
import { cliFailure } from '../failures.ts'
import { print, printFields, printJson, verdict } from '../output.ts'

type Flags = AccessOptions & { readonly json?: boolean }

interface RelayAnswer {
  readonly enabled: boolean
  readonly externalUrl?: string | null
  readonly internalUrl?: string | null
  readonly tlsCa?: string
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
    .option('--external <url>', 'how connectors reach it, https://relay.example/awcm')
    .option('--external-port <port>', 'the port of that, where it is not in the URL')
    .option('--internal <url>', 'how the console reaches it, if not by the same URL')
    .option('--ca-file <file>', 'authorities its TLS may chain to besides the public ones and our own (PEM)')
    .option('--off', 'let no connector in and dial nothing, until --on')
    .option('--on', 'use it again')
    .addHelpText('after', '\nWhat is not given stays as it is; without --internal a first --external is used for both.')
    .action(runSet)
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
      if (options.json === true) return printJson({ file: options.out })
      print(`Wrote ${options.out}. Name it as secureChannelFile in the relay's settings.`)
    })
}

interface SetFlags extends Flags {
  readonly external?: string
  readonly externalPort?: string
  readonly internal?: string
  readonly caFile?: string
  readonly off?: boolean
  readonly on?: boolean
}

async function runSet(options: SetFlags): Promise<void> {
  const client = consoleFrom(options)
  const before = await client.call<RelayAnswer>('GET', '/api/relay')
  const externalUrl = options.external ?? before.externalUrl ?? undefined
  if (externalUrl === undefined)
    throw cliFailure('BAD_ARGUMENT', { details: { argument: '--external', expected: 'the address of the relay' } })
  const tlsCa = options.caFile === undefined ? before.tlsCa : readFile(options.caFile).toString('utf8')
  const body = {
    enabled: options.off === true ? false : options.on === true || before.externalUrl == null || before.enabled,
    externalUrl: withPort(externalUrl, options.externalPort),
    internalUrl: options.internal ?? internalAfter(before, options, externalUrl),
    ...(tlsCa === undefined ? {} : { tlsCa }),
  }
  const answer = await client.call<RelayAnswer>('PUT', '/api/relay', body)
  if (options.json === true) return printJson(answer)
  if (!answer.enabled) return print('The relay is off: no connector is reached until sallygate relay set --on.')
  print(`Connectors dial ${body.externalUrl}, the console ${body.internalUrl}. Check it with: sallygate relay check`)
}

/** Where both were one address, they stay one. */
function internalAfter(before: RelayAnswer, options: SetFlags, externalUrl: string): string {
  const wasOne = before.internalUrl == null || before.internalUrl === before.externalUrl
  return wasOne ? withPort(externalUrl, options.externalPort) : (before.internalUrl ?? externalUrl)
}

/** @throws CLI_BAD_ARGUMENT. */
function withPort(text: string, port: string | undefined): string {
  if (port === undefined) return text
  const isPort = /^\d{1,5}$/.test(port) && Number(port) >= 1 && Number(port) <= 65_535
  if (!isPort || !URL.canParse(text))
    throw cliFailure('BAD_ARGUMENT', { details: { argument: '--external-port', expected: 'a port from 1 to 65535' } })
  const url = new URL(text)
  url.port = port
  return url.href
}
