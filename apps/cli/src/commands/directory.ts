/**
 * `sallygate directory`: set a directory up and look after it. Its settings themselves are `service set directory`.
 *
 * @module
 */
import type { BasesResult, PreviewResult, ServersResult, StatusResult } from '@sallygate/service-directory/contract'
import type { Command } from 'commander'
import { consoleFrom, groupIdFrom, withGroup, type GroupOptions } from '../console-access.ts'
import { cliFailure } from '../failures.ts'
import { exits, paint, print, printFields, printJson, printTable, verdict } from '../output.ts'
import { secretFromFile } from '../secret-input.ts'
import { readSettings } from '../settings-file.ts'
import { addDirectoryPeople } from './directory-people.ts'
import { addDirectorySync } from './directory-sync.ts'

type DraftFlags = GroupOptions & { readonly file?: string; readonly passwordFile?: string; readonly connector?: string }
type Answered<T> = T & { readonly connector: { readonly name: string }; readonly durationMs: number }

interface StatusAnswer {
  readonly connectors: readonly {
    readonly connector: { readonly name: string }
    readonly status?: StatusResult
    readonly failure?: { readonly code: string; readonly says: string; readonly fix: string }
  }[]
}

export function addDirectory(program: Command): void {
  const directory = program
    .command('directory')
    .description('the directory: base DNs, preview of an entry, servers, status')
  draft(directory.command('bases').description('where entries may begin: naming contexts, or what lies below an entry'))
    .argument('[below]', 'a DN; without it: the naming contexts of the server')
    .option('--limit <n>', 'at most this many', '200')
    .addHelpText('after', "\nExample: sallygate directory bases 'dc=corp,dc=example' --file directory.json")
    .action(runBases)
  draft(directory.command('preview').description('one entry as the settings read it: fields, disabled or not, groups'))
    .argument('<entry>', 'a login, a mail address or a DN')
    .option('--kind <kind>', 'users or groups', 'users')
    .option('--raw', 'all attributes as the directory has them, too')
    .action(runPreview)
  draft(
    directory.command('servers').description('the servers the settings lead to, with what DNS and the site say'),
  ).action(runServers)
  withGroup(directory.command('status').description('which server is in use, and how each one does')).action(runStatus)
  addDirectorySync(directory)
  addDirectoryPeople(directory)
}

function draft(command: Command): Command {
  return withGroup(command)
    .option('--file <file>', 'settings to try as JSON, or - for standard input; without it: the stored ones')
    .option('--password-file <file>', 'bind password for those settings (mode 0600); without it: the stored one')
    .option('--connector <connector>', 'only this connector, by name or id')
}

async function ask<T>(question: string, body: object, flags: DraftFlags): Promise<Answered<T>> {
  const client = consoleFrom(flags)
  const group = await groupIdFrom(client, flags.group)
  const settings = draftFrom(flags)
  return client.call<Answered<T>>('POST', `/api/groups/${group}/directory/${question}`, {
    ...body,
    ...(settings === undefined ? {} : { settings }),
    ...(flags.connector === undefined ? {} : { connector: flags.connector }),
  })
}

function draftFrom({ file, passwordFile }: DraftFlags): Record<string, unknown> | undefined {
  if (file === undefined && passwordFile === undefined) return undefined
  if (file === undefined) {
    throw cliFailure('BAD_ARGUMENT', { details: { argument: '--password-file', expected: '--file as well' } })
  }
  const settings = readSettings(file)
  if (passwordFile !== undefined) settings['bindPassword'] = secretFromFile(passwordFile).reveal()
  return settings
}

async function runBases(below: string | undefined, flags: DraftFlags & { readonly limit: string }): Promise<void> {
  const limit = Number(flags.limit)
  const found = await ask<BasesResult>('bases', { ...(below === undefined ? {} : { below }), limit }, flags)
  if (flags.json === true) return printJson(found)
  printTable(
    ['base DN', 'kind', ''],
    found.bases.map(({ dn, kind }) => [dn, kind, dn === found.suggested ? 'suggested' : '']),
  )
  tell(found, found.more ? '; there are more' : '')
}

type PreviewFlags = DraftFlags & { readonly kind: string; readonly raw?: boolean }

async function runPreview(entry: string, flags: PreviewFlags): Promise<void> {
  const found = await ask<PreviewResult>('preview', { entry, kind: flags.kind }, flags)
  if (flags.json === true) return printJson(found)
  const { identifier, disabled } = found
  printFields([
    ['entry', found.dn],
    [identifier.attribute, identifier.value],
    ['counted', found.isCounted ? 'yes' : 'no: object class, filter or base DN leave it out'],
    ['disabled', disabled === undefined ? undefined : `${disabledWord(disabled)} (${disabled.because})`],
  ])
  print('')
  printTable(
    ['field', 'attribute', 'value'],
    found.fields.map(({ field, attribute, values, more }) => [field, attribute, shown(values, more)]),
  )
  if (found.groups.length > 0) {
    print('')
    printTable(
      ['group', 'member', 'DN'],
      found.groups.map(({ name, isDirect, isPrimary, dn }) => [
        name,
        isPrimary ? 'primary' : isDirect ? 'direct' : 'through a group',
        dn,
      ]),
    )
  }
  if (flags.raw === true) {
    print('')
    printTable(
      ['attribute', 'values', ''],
      found.attributes.map(({ attribute, count, values, isBinary, isCut }) => [
        attribute,
        count,
        `${shown(values, isCut)}${isBinary ? ' (hex)' : ''}`,
      ]),
    )
  }
  tell(found, found.moreGroups ? '; there are more groups' : '')
}

const disabledWord = ({ isDisabled }: { readonly isDisabled?: boolean | undefined }) =>
  isDisabled === undefined ? 'not known' : isDisabled ? 'yes' : 'no'
const shown = (values: readonly string[], more: boolean) =>
  values.length === 0 ? undefined : `${values.join(', ')}${more ? ', …' : ''}`

async function runServers(flags: DraftFlags): Promise<void> {
  const found = await ask<ServersResult>('servers', {}, flags)
  if (found.domain !== undefined && found.servers.length === 0) process.exitCode = exits.findings
  if (flags.json === true) return printJson(found)
  if (found.site !== undefined)
    print(
      `Site ${found.site.name}, ${found.site.from === 'ping' ? `said ${found.site.askedServer ?? 'a domain controller'}` : 'from the settings'}.`,
    )
  if (found.siteFailure !== undefined) print(found.siteFailure)
  for (const { name, servers, failure } of found.questions) print(paint('dim', `DNS ${name}: ${failure ?? servers}`))
  printTable(
    ['server', 'from', 'used', 'priority', 'weight'],
    found.servers.map(({ server, from, isBackup, priority, weight }) => [
      server,
      { byHand: 'settings', site: 'DNS, site', domain: 'DNS' }[from],
      isBackup ? 'as backup' : 'first',
      priority,
      weight,
    ]),
  )
  tell(found, '')
}

async function runStatus(flags: GroupOptions): Promise<void> {
  const client = consoleFrom(flags)
  const group = await groupIdFrom(client, flags.group)
  const { connectors } = await client.call<StatusAnswer>('GET', `/api/groups/${group}/directory/status`)
  const isIll = connectors.some(({ status, failure }) => failure !== undefined || status?.servers.some(isDown) === true)
  if (isIll) process.exitCode = exits.findings
  if (flags.json === true) return printJson(connectors)
  for (const { connector, status, failure } of connectors) {
    if (status === undefined) {
      print(`${paint('bold', connector.name)}: ${failure?.says ?? 'no answer'} ${failure?.fix ?? ''}`)
      continue
    }
    const { inUse, pool, signIns, lookUps, site } = status
    print(
      `${paint('bold', connector.name)}: ${inUse === undefined ? 'no server needed yet' : `${inUse.server} in use for ${seconds(inUse.forMs)}`}${site === undefined ? '' : `, site ${site}`}`,
    )
    printTable(
      ['server', 'is', 'for', 'failed', 'connections', 'why'],
      status.servers.map((one) => [
        one.isBackup ? `${one.server} (backup)` : one.server,
        verdict(one.standing),
        seconds(one.forMs),
        one.failures,
        one.connections,
        one.failure?.says,
      ]),
    )
    print(
      paint(
        'dim',
        `pool ${pool.open} of ${pool.most}, ${pool.waiting} waiting; sign-ins ${signIns.accepted} accepted, ${signIns.refused} refused, ${signIns.unknown} unknown, ${signIns.failed} failed; look-ups ${lookUps.done} done, ${lookUps.failed} failed; ${status.switches} changes of server`,
      ),
    )
  }
}

const isDown = ({ standing }: { readonly standing: string }) => standing === 'resting' || standing === 'trying'
const seconds = (ms: number) => (ms < 120_000 ? `${Math.round(ms / 1000)} s` : `${Math.round(ms / 60_000)} min`)

function tell(
  found: { readonly connector: { readonly name: string }; readonly durationMs: number; readonly server?: string },
  more: string,
): void {
  const server = found.server === undefined ? '' : `from ${found.server} `
  print(paint('dim', `${server}through ${found.connector.name} in ${found.durationMs.toFixed(0)} ms${more}`))
}
