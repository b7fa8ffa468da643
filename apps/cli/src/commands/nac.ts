/**
 * `sallygate nac`: how nac is, who may ask it, what ISE imports, and what a nac elsewhere needs.
 *
 * @module
 */
import type { Command } from 'commander'
import { existsSync } from 'node:fs'
import { writeFileAtomic } from '@sallygate/base/file'
import { consoleFrom, withConsole, type AccessOptions } from '../console-access.ts'
import { cliFailure } from '../failures.ts'
import { exits, paint, print, printFields, printJson, printTable, verdict } from '../output.ts'
import { addNacAccount } from './nac-account.ts'

type Flags = AccessOptions & { readonly json?: boolean }

interface Node {
  readonly user: string
  readonly source: string
  readonly lastInfoMs?: number
  readonly lastPollMs?: number
  readonly requests: number
  readonly notFound: number
  readonly malformed: number
  readonly slow: number
  readonly p50Ms?: number
  readonly p99Ms?: number
}

interface Nac {
  readonly name: string
  readonly url: string
  readonly version: string
  readonly heardAt: string
  readonly isSilent: boolean
  readonly devices: number
  readonly nonCompliant: number
  readonly ageSeconds: number
  readonly memoryBytes: number
  readonly waitingActions: number
  readonly certificate?: { readonly notAfter: string; readonly daysLeft: number }
  readonly nodes: readonly Node[]
}

interface Certificates {
  readonly authority: Server
  readonly servers: readonly (Server & { readonly nac: string; readonly chain: string; readonly daysLeft: number })[]
}

interface Server {
  readonly pem?: string
  readonly thumbprints: { readonly sha256: string; readonly sha1Windows: string }
  readonly notAfter: string
}

export function addNac(program: Command): void {
  const nac = program.command('nac').description('what Cisco ISE and other NACs ask: accounts, certificate, activity')
  withConsole(nac.command('status').description('every nac, and how each policy node is served')).action(runStatus)
  withConsole(nac.command('certificate').description('what ISE has to import: chain, authority, thumbprints'))
    .option('--out <file>', 'write the authority (PEM) here: import this one, it outlives the certificates below it')
    .option('--chain <file>', 'write the served certificate and the authority (PEM) here')
    .action(runCertificate)
  withConsole(nac.command('export').description('what a nac on another host needs, in one file (mode 0600)'))
    .requiredOption('--out <file>', 'where to write it; it holds a credential')
    .requiredOption('--console-url <url>', 'how that nac reaches this console')
    .option('--name <name>', 'what to call it', 'nac')
    .action(runExport)
  withConsole(nac.command('settings').description('what holds for all of nac; with options, change it'))
    .option('--redirect-url <url>', 'where unregistered devices are led')
    .option('--query-max-size <n>', 'devices in one answer')
    .option('--full-wipe <on|off>', 'whether accounts that may can wipe whole devices')
    .option('--actions-per-minute <n>', 'of one account')
    .option('--misses-per-minute <n>', 'questions of one client about what is not there')
    .action(runSettings)
  addNacAccount(nac)
}

async function runStatus(options: Flags): Promise<void> {
  const { nacs } = await consoleFrom(options).call<{ readonly nacs: readonly Nac[] }>('GET', '/api/nac')
  if (nacs.some(({ isSilent }) => isSilent)) process.exitCode = exits.findings
  if (options.json === true) return printJson(nacs)
  if (nacs.length === 0) return print('No nac has reported yet. Start one, or export its file: sallygate nac export')
  for (const one of nacs) {
    printFields([
      ['nac', paint('bold', one.name)],
      ['address', one.url],
      ['state', one.isSilent ? `${verdict('warning')}: not heard of since ${one.heardAt}` : verdict('up')],
      ['devices', `${one.devices}, ${one.nonCompliant} not compliant`],
      ['age of answers', one.ageSeconds < 0 ? 'it has never read the feed' : `${one.ageSeconds} s`],
      ['certificate', one.certificate && `${one.certificate.daysLeft} days left (${day(one.certificate.notAfter)})`],
      ['memory', `${Math.round(one.memoryBytes / 1_048_576)} MiB`],
      ['actions waiting', one.waitingActions],
    ])
    if (one.nodes.length === 0) print('Nobody has asked it yet.')
    else
      printTable(
        ['account', 'from', 'requests', 'not found', 'malformed', 'p50 ms', 'p99 ms', 'over 200 ms', 'mdminfo', 'poll'],
        one.nodes.map((node) => [
          node.user,
          node.source,
          node.requests,
          node.notFound,
          node.malformed,
          node.p50Ms,
          node.p99Ms,
          node.slow,
          time(node.lastInfoMs),
          time(node.lastPollMs),
        ]),
      )
  }
}

async function runCertificate(options: Flags & { readonly out?: string; readonly chain?: string }): Promise<void> {
  const found = await consoleFrom(options).call<Certificates>('GET', '/api/nac/certificate')
  const { authority, servers } = found
  if (options.out !== undefined) writeFileAtomic(options.out, authority.pem ?? '', { mode: 0o644 })
  if (options.chain !== undefined) {
    const [first] = servers
    if (first === undefined)
      throw cliFailure('BAD_ARGUMENT', { details: { argument: '--chain', expected: 'a nac that has reported' } })
    writeFileAtomic(options.chain, first.chain, { mode: 0o644 })
  }
  if (options.json === true) return printJson(found)
  printTable(
    ['certificate', 'until', 'days left', 'SHA-256', 'SHA-1 (Windows)'],
    [
      ['authority', day(authority.notAfter), undefined, ...prints(authority)],
      ...servers.map((one) => [one.nac, day(one.notAfter), one.daysLeft, ...prints(one)]),
    ],
  )
  if (options.out !== undefined)
    print(`Wrote ${options.out}. Import it into ISE: Administration > System > Certificates > Trusted Certificates.`)
}

async function runExport(
  options: Flags & { readonly out: string; readonly consoleUrl: string; readonly name: string },
): Promise<void> {
  const { out, consoleUrl, name } = options
  // Before the credential is made: it is shown once, and must not be lost or write over something.
  if (existsSync(out))
    throw cliFailure('BAD_ARGUMENT', { details: { argument: '--out', expected: 'a file that is not there yet' } })
  const file = await consoleFrom(options).call('POST', '/api/nac/export', { name, consoleUrl })
  writeFileAtomic(out, `${JSON.stringify(file)}\n`, { mode: 0o600 })
  if (options.json === true) return printJson({ file: out, name })
  print(`Wrote ${out}. Carry it to the host of nac and name it as consoleFile in its settings. It holds a credential.`)
}

interface SettingsFlags extends Flags {
  readonly redirectUrl?: string
  readonly queryMaxSize?: string
  readonly fullWipe?: string
  readonly actionsPerMinute?: string
  readonly missesPerMinute?: string
}

async function runSettings(options: SettingsFlags): Promise<void> {
  const { redirectUrl, queryMaxSize, fullWipe, actionsPerMinute, missesPerMinute } = options
  const change = {
    ...(redirectUrl === undefined ? {} : { redirectUrl }),
    ...(queryMaxSize === undefined ? {} : { queryMaxSize: Number(queryMaxSize) }),
    ...(fullWipe === undefined ? {} : { fullWipe: onOff('--full-wipe', fullWipe) }),
    ...(actionsPerMinute === undefined ? {} : { actionsPerMinute: Number(actionsPerMinute) }),
    ...(missesPerMinute === undefined ? {} : { missesPerMinute: Number(missesPerMinute) }),
  }
  const console_ = consoleFrom(options)
  const isChange = Object.keys(change).length > 0
  const facts = await console_.call<Readonly<Record<string, string | number | boolean>>>(
    isChange ? 'PUT' : 'GET',
    '/api/nac/settings',
    ...(isChange ? [change] : []),
  )
  if (options.json === true) return printJson(facts)
  printFields(Object.entries(facts))
}

export function onOff(argument: string, word: string): boolean {
  if (word !== 'on' && word !== 'off')
    throw cliFailure('BAD_ARGUMENT', { details: { argument, expected: 'on or off' } })
  return word === 'on'
}

const day = (when: string) => when.slice(0, 10)
const time = (ms: number | undefined) => (ms === undefined ? undefined : new Date(ms).toISOString().slice(0, 19))
const prints = ({ thumbprints }: Server) => [thumbprints.sha256, thumbprints.sha1Windows]
