/**
 * Settings of a syslog target, from options and files.
 *
 * @module
 */
import { readFile } from '@sallygate/base/file'
import type { Command } from 'commander'
import { cliFailure } from '../failures.ts'
import { secretFromFile } from '../secret-input.ts'

export interface SettingFlags {
  readonly file?: string
  readonly host?: string
  readonly port?: string
  readonly transport?: string
  readonly format?: string
  readonly framing?: string
  readonly severity?: string
  readonly categories?: string
  readonly trust?: string
  readonly pin?: string
  readonly clientCertificate?: string
  readonly clientKeyFile?: string
}

export function settings(command: Command): Command {
  return command
    .option('--file <file>', 'all settings as JSON (docs/syslog.md); the options below stand above it')
    .option('--host <host>', 'the collector')
    .option('--port <port>', 'its port; 6514 for TLS and 514 otherwise unless given')
    .option('--transport <transport>', 'tls, tcp or udp')
    .option('--format <format>', 'rfc5424, cef, leef or template')
    .option('--framing <framing>', 'octetCounting or lineFeed')
    .option('--severity <severity>', 'at least: debug, info, notice, warning, error or critical')
    .option('--categories <names>', 'only these, separated by commas')
    .option('--trust <file>', 'authorities (PEM) for the collector’s certificate')
    .option('--pin <sha256>', 'believe exactly this certificate')
    .option('--client-certificate <file>', 'our certificate (PEM), where the collector asks for one')
    .option('--client-key-file <file>', 'its key (PEM, mode 0600)')
}

type Settings = Readonly<Record<string, unknown>> & { readonly target: Readonly<Record<string, unknown>> }

/** What is in the file or stands, with what the options say above it. @throws CLI_BAD_ARGUMENT, FILE_*. */
export function settingsFrom(flags: SettingFlags, before: object): Settings {
  const base = (flags.file === undefined ? before : readJson(flags.file)) as Partial<Settings>
  const text = (file: string | undefined) => (file === undefined ? undefined : readFile(file).toString('utf8'))
  const isMoved = flags.transport !== undefined && flags.transport !== base.target?.['transport']
  const transport = flags.transport ?? base.target?.['transport'] ?? 'tls'
  const usualPort = transport === 'tls' ? 6514 : 514
  const target = {
    ...base.target,
    ...given({
      host: flags.host,
      transport: flags.transport,
      format: flags.format,
      framing: flags.framing,
      trust: text(flags.trust),
      pin: flags.pin,
      clientCertificate: text(flags.clientCertificate),
    }),
    port: flags.port === undefined ? ((isMoved ? undefined : base.target?.['port']) ?? usualPort) : Number(flags.port),
  }
  const filter = {
    ...(base['filter'] as object | undefined),
    ...given({ severity: flags.severity, categories: flags.categories?.split(',') }),
  }
  return { ...base, target, filter }
}

function readJson(file: string): unknown {
  try {
    return JSON.parse(readFile(file).toString('utf8'))
  } catch (cause) {
    if (!(cause instanceof SyntaxError)) throw cause
    throw cliFailure('BAD_ARGUMENT', { cause, details: { argument: '--file', expected: 'JSON' } })
  }
}

function given(values: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined))
}

export function keyFrom({ clientKeyFile }: SettingFlags): { readonly clientKey?: string } {
  return clientKeyFile === undefined ? {} : { clientKey: secretFromFile(clientKeyFile).reveal() }
}
