/**
 * `sallygate directory sync|runs`: how the sync of a directory stands, and what each run did.
 *
 * @module
 */
import type { ConsoleClient } from '@sallygate/supervisor'
import type { Command } from 'commander'
import { withGroup, type GroupOptions } from '../console-access.ts'
import { directoryFrom, limitOf, sayMore, type More } from '../directory-access.ts'
import { cliFailure } from '../failures.ts'
import { queryOf } from '../query.ts'
import { exits, paint, print, printFields, printJson, printTable } from '../output.ts'

interface Counts {
  readonly [name: string]: number
}

interface Run {
  readonly id: string
  readonly number: number
  readonly mode: string
  readonly state: string
  readonly full: boolean
  readonly fullBecause?: string
  readonly startedAt: string
  readonly endedAt?: string
  readonly counts?: Counts
  readonly held?: {
    readonly because: readonly { readonly safeguard: string; readonly limit: number; readonly actual: number }[]
  }
  readonly failure?: { readonly code: string; readonly says: string; readonly fix: string }
  readonly progress: {
    readonly phase: string
    readonly done: number
    readonly expected?: number
    readonly perSecond: number
    readonly secondsLeft?: number
    readonly waitsFor?: { readonly says: string }
  }
  readonly server?: string
  /** Absent from consoles of before. */
  readonly referredTo?: readonly string[]
}

interface Sync {
  readonly isOn: boolean
  readonly users: number
  readonly groups: number
  readonly needsPreview: boolean
  /** The id of the group whose settings hold; only that group runs the sync. */
  readonly settingsFrom?: string
  readonly running?: Run
  readonly waiting?: Run
  readonly lastRun?: Run
  readonly lastDoneAt?: string
  readonly nextRunAt?: string
  readonly failures: number
}

interface SyncFlags extends GroupOptions {
  readonly preview?: boolean
  readonly now?: boolean
  readonly full?: boolean
  readonly withoutPreview?: boolean
  readonly release?: string
  readonly stop?: string
  readonly note?: string
}

interface RunsFlags extends GroupOptions {
  readonly changes?: string
  readonly limit: string
  readonly cursor?: string
}

/** Below `sallygate directory`. */
export function addDirectorySync(directory: Command): void {
  withGroup(directory.command('sync').description('how the sync stands; with an option: preview, run, release or stop'))
    .option('--preview', 'find out what a run would do; nothing is changed')
    .option('--now', 'run now')
    .option('--full', 'with --now: read everything anew')
    .option('--without-preview', 'with --now: the very first run without a preview')
    .option('--release <run>', 'put into force what is held or previewed, this once')
    .option('--stop <run>', 'stop a run, or give one up that waits')
    .option('--note <text>', 'with --release: why')
    .addHelpText('after', '\nExit code 2: a run is held or has failed.\nExample: sallygate directory sync --preview')
    .action(runSync)
  withGroup(directory.command('runs').description('the runs of the sync, newest first; one of them object by object'))
    .option('--changes <run>', 'what this run did or would do')
    .option('--limit <n>', 'at most this many', '20')
    .option('--cursor <cursor>', 'go on where the list before ended')
    .action(runRuns)
}

async function runSync(flags: SyncFlags): Promise<void> {
  const asked = [flags.preview, flags.now, flags.release, flags.stop].filter((one) => one !== undefined).length
  if (asked > 1)
    throw cliFailure('BAD_ARGUMENT', {
      details: { argument: 'sync', expected: 'one of --preview, --now, --release, --stop' },
    })
  const { client, path } = await directoryFrom(flags)
  if (flags.preview === true || flags.now === true) {
    const run = await client.call<Run>('POST', `${path}/sync/runs`, {
      mode: flags.preview === true ? 'preview' : 'sync',
      ...(flags.full === true ? { full: true } : {}),
      ...(flags.withoutPreview === true ? { withoutPreview: true } : {}),
    })
    return flags.json === true
      ? printJson(run)
      : print(`Run ${run.number} has begun: sallygate directory sync shows how far it is.`)
  }
  const id = flags.release ?? flags.stop
  if (id !== undefined) {
    const body = flags.release === undefined || flags.note === undefined ? {} : { note: flags.note }
    const what = flags.release === undefined ? 'stop' : 'release'
    const run = await client.call<Run>('POST', `${path}/sync/runs/${encodeURIComponent(id)}/${what}`, body)
    return flags.json === true ? printJson(run) : print(`Run ${run.number} is ${run.state}.`)
  }
  const sync = await client.call<Sync>('GET', `${path}/sync`)
  if (flags.json === true) printJson(sync)
  else show(sync, await ownerOf(client, sync, flags.group))
  if (sync.waiting?.state === 'held' || sync.lastRun?.state === 'failed') process.exitCode = exits.findings
}

/** The name of another group that runs the sync, with this one inheriting it. */
async function ownerOf(client: ConsoleClient, sync: Sync, named: string | undefined): Promise<string | undefined> {
  if (sync.settingsFrom === undefined || named === undefined) return undefined
  const { groups } = await client.call<{ readonly groups: readonly { readonly id: string; readonly name: string }[] }>(
    'GET',
    '/api/groups',
  )
  const owner = groups.find(({ id }) => id === sync.settingsFrom)
  return named === owner?.id || named === owner?.name ? undefined : (owner?.name ?? 'a group above')
}

function show(sync: Sync, owner: string | undefined): void {
  printFields([
    [
      'sync',
      `${sync.isOn ? 'on' : 'off'}${owner === undefined ? '' : `, of ${owner}: this group inherits its settings`}`,
    ],
    ['users', sync.users],
    ['groups', sync.groups],
    ['last done', sync.lastDoneAt?.slice(0, 19) ?? 'never'],
    ['next run', sync.nextRunAt?.slice(0, 19)],
    ['failures in a row', sync.failures === 0 ? undefined : sync.failures],
  ])
  for (const run of [sync.running, sync.waiting, sync.lastRun]) if (run !== undefined) showRun(run)
  if (owner !== undefined) print(`\nPeople, groups and runs are there: sallygate directory sync --group '${owner}'`)
  else if (sync.needsPreview && sync.running === undefined && sync.waiting === undefined)
    print('\nNothing was synchronized yet. Begin with: sallygate directory sync --preview')
}

function showRun(run: Run): void {
  const { progress } = run
  print(`\n${paint('bold', `run ${run.number}`)}  ${run.state}  ${run.full ? 'full' : 'changes'}  ${run.id}`)
  if (run.state === 'running') {
    const of = progress.expected === undefined ? '' : ` of ${progress.expected}`
    const left = progress.secondsLeft === undefined ? '' : `, ${progress.secondsLeft} s left`
    print(`  ${progress.phase}: ${progress.done}${of}, ${progress.perSecond} a second${left}`)
    if (progress.waitsFor !== undefined) print(`  waits: ${progress.waitsFor.says}`)
  }
  if (run.counts !== undefined) print(`  ${countsOf(run.counts)}`)
  // Once it is released, or given up, what held it is history.
  for (const { safeguard, limit, actual } of run.state === 'held' ? (run.held?.because ?? []) : [])
    print(`  held by ${safeguard}: ${actual}, allowed ${limit}. sallygate directory sync --release ${run.id}`)
  for (const place of run.referredTo ?? []) print(`  not read, it lies elsewhere: ${place}`)
  if (run.state === 'previewed') print(`  To put it into force: sallygate directory sync --release ${run.id}`)
  if (run.failure !== undefined) print(`  ${run.failure.says} ${run.failure.fix} (${run.failure.code})`)
}

function countsOf(counts: Counts): string {
  const some = Object.entries(counts).filter(([name, count]) => count > 0 || name === 'unchanged')
  return some.map(([name, count]) => `${name} ${count}`).join(', ')
}

async function runRuns(flags: RunsFlags): Promise<void> {
  const limit = limitOf(flags.limit)
  const { client, path } = await directoryFrom(flags)
  if (flags.changes === undefined) {
    const answer = await client.call<{ readonly runs: readonly Run[] } & More>(
      'GET',
      `${path}/sync/runs${queryOf({ limit, cursor: flags.cursor })}`,
    )
    if (flags.json === true) return printJson(answer)
    printTable(
      ['run', 'mode', 'state', 'reads', 'began', 'did', 'id'],
      answer.runs.map((run) => [
        run.number,
        run.mode,
        run.state,
        run.full ? 'everything' : 'changes',
        run.startedAt.slice(0, 19),
        run.counts === undefined ? (run.failure?.code ?? '') : countsOf(run.counts),
        run.id,
      ]),
    )
    return sayMore(answer)
  }
  interface Change {
    readonly change: string
    readonly kind: string
    readonly name: string
    readonly fields: readonly string[]
    readonly dn: string
  }
  const id = encodeURIComponent(flags.changes)
  const answer = await client.call<{ readonly changes: readonly Change[] } & More>(
    'GET',
    `${path}/sync/runs/${id}/changes${queryOf({ limit, cursor: flags.cursor })}`,
  )
  if (flags.json === true) return printJson(answer)
  printTable(
    ['change', 'kind', 'name', 'fields', 'dn'],
    answer.changes.map(({ change, kind, name, fields, dn }) => [change, kind, name, fields.join(' '), dn]),
  )
  sayMore(answer)
}
