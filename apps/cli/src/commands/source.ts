/**
 * `sallygate source`: other MDM servers whose devices are merged into the inventory.
 *
 * @module
 */
import { readFile } from '@sallygate/base/file'
import type { Command } from 'commander'
import type { CheckRow } from '../answers.ts'
import { printCheckRows, setExitCodeFor } from '../check-rows.ts'
import { consoleFrom, groupIdFrom, withGroup, type GroupOptions } from '../console-access.ts'
import { cliFailure } from '../failures.ts'
import { exits, print, printFields, printJson, printTable } from '../output.ts'
import { askSecret, secretFromFile } from '../secret-input.ts'

interface State {
  readonly lastRunAt?: string
  readonly lastAnswerAt?: string
  readonly devices?: number
  readonly added?: number
  readonly withdrawn?: number
  readonly heldBack?: number
  readonly isStale: boolean
  readonly failure?: { readonly code: string; readonly says: string; readonly fix: string }
}

interface Source {
  readonly id: string
  readonly name: string
  readonly settings: { readonly kind: string; readonly url: string }
  readonly state: State
}

interface AddFlags extends GroupOptions {
  readonly kind: string
  readonly url: string
  readonly user: string
  readonly passwordFile?: string
  readonly tenantCodeFile?: string
  readonly ca?: string
  readonly everyMinutes?: string
  readonly staleAfterHours?: string
}

export function addSource(program: Command): void {
  const source = program.command('source').description('other MDM servers whose devices are merged into the inventory')
  withGroup(source.command('list').description('sources, how the last answer was and how old it is')).action(runList)
  withGroup(source.command('add').description('add an MDM server with Cisco ISE’s MDM API, or Workspace ONE'))
    .argument('<name>')
    .requiredOption('--url <url>', 'https://host[:port][/instance]')
    .requiredOption('--user <name>', 'an account that may read devices')
    .option('--kind <kind>', 'ise or workspaceOne', 'ise')
    .option('--password-file <file>', 'its password (mode 0600); without it you are asked')
    .option('--tenant-code-file <file>', 'API key of Workspace ONE (mode 0600)')
    .option('--ca <file>', 'authorities (PEM) for the server’s certificate')
    .option('--every-minutes <n>', 'how often it is asked (default 240)')
    .option('--stale-after-hours <n>', 'without an answer for this long it is called stale (default 24)')
    .action(runAdd)
  withGroup(source.command('ask').description('ask it now; exit code 2 when it does not answer'))
    .argument('<source>', 'id or name')
    .option('--confirm-gone', 'withdraw devices that it does not know any more, however many')
    .action(runAsk)
  withGroup(source.command('check').description('each step of asking it, with what to do; exit code 2 when one fails'))
    .argument('<source>', 'id or name')
    .action(runCheck)
  withGroup(source.command('remove').description('ask it no more')).argument('<source>', 'id or name').action(runRemove)
}

async function runList(flags: GroupOptions): Promise<void> {
  const { sources } = await listed(flags)
  if (flags.json === true) return printJson(sources)
  printTable(
    ['source', 'kind', 'address', 'devices', 'answered', 'state', 'id'],
    sources.map(({ name, settings, state, id }) => [
      name,
      settings.kind,
      settings.url,
      state.devices,
      state.lastAnswerAt?.slice(0, 16),
      state.failure === undefined
        ? state.lastAnswerAt === undefined
          ? 'not asked yet'
          : 'ok'
        : state.isStale
          ? 'stale'
          : 'failed',
      id,
    ]),
  )
  for (const { name, state } of sources)
    if (state.failure !== undefined) print(`\n${name}: ${state.failure.says} ${state.failure.fix}`)
}

async function runAdd(name: string, flags: AddFlags): Promise<void> {
  const password =
    flags.passwordFile === undefined ? await askSecret(`Password of ${flags.user}`) : secretFromFile(flags.passwordFile)
  const tenantCode = flags.tenantCodeFile === undefined ? undefined : secretFromFile(flags.tenantCodeFile).reveal()
  const { client, group } = await access(flags)
  const settings = {
    kind: flags.kind,
    url: flags.url,
    user: flags.user,
    ...(flags.ca === undefined ? {} : { ca: readFile(flags.ca).toString('utf8') }),
    ...(flags.everyMinutes === undefined ? {} : { everyMinutes: Number(flags.everyMinutes) }),
    ...(flags.staleAfterHours === undefined ? {} : { staleAfterHours: Number(flags.staleAfterHours) }),
  }
  const secrets = { password: password.reveal(), ...(tenantCode === undefined ? {} : { tenantCode }) }
  const added = await client.call<Source>('POST', `/api/groups/${group}/sources`, { name, settings, secrets })
  if (flags.json === true) return printJson(added)
  print(`${added.name} is asked within a minute; at once with: sallygate source ask ${added.id}`)
}

async function runAsk(reference: string, flags: GroupOptions & { readonly confirmGone?: boolean }): Promise<void> {
  const { client, group } = await access(flags)
  const { id } = await find(flags, reference)
  const state = await client.call<State>('POST', `/api/groups/${group}/sources/${id}/ask`, {
    confirmGone: flags.confirmGone === true,
  })
  if (state.failure !== undefined) process.exitCode = exits.findings
  if (flags.json === true) return printJson(state)
  printFields([
    ['devices', state.devices],
    ['new', state.added],
    ['withdrawn', state.withdrawn],
    ['held back', state.heldBack],
    ['failure', state.failure?.says],
    ['what to do', state.failure?.fix],
  ])
}

async function runCheck(reference: string, flags: GroupOptions): Promise<void> {
  const { client, group } = await access(flags)
  const { id } = await find(flags, reference)
  const { rows } = await client.call<{ readonly rows: readonly CheckRow[] }>(
    'POST',
    `/api/groups/${group}/sources/${id}/check`,
  )
  setExitCodeFor(rows)
  if (flags.json === true) return printJson(rows)
  printCheckRows(rows)
}

async function runRemove(reference: string, flags: GroupOptions): Promise<void> {
  const { client, group } = await access(flags)
  const { id, name } = await find(flags, reference)
  await client.call('DELETE', `/api/groups/${group}/sources/${id}`)
  if (flags.json === true) return printJson({ removed: id })
  print(`${name} is asked no more.`)
}

async function access(flags: GroupOptions) {
  const client = consoleFrom(flags)
  return { client, group: await groupIdFrom(client, flags.group) }
}

async function listed(flags: GroupOptions) {
  const { client, group } = await access(flags)
  return client.call<{ readonly sources: readonly Source[] }>('GET', `/api/groups/${group}/sources`)
}

async function find(flags: GroupOptions, reference: string): Promise<Source> {
  const { sources } = await listed(flags)
  const [found, ...more] = sources.filter(({ id, name }) => id === reference || name === reference)
  if (found === undefined || more.length > 0)
    throw cliFailure('BAD_ARGUMENT', {
      details: { argument: 'source', expected: `one of ${sources.map(({ name }) => name).join(', ')}` },
    })
  return found
}
