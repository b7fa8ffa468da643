/**
 * The first phase of a run: everything, or what has changed, page by page into the staging tables.
 *
 * While a page is written down the next one is on its way. A pass that breaks begins anew;
 * what it had read stays and is not written a second time.
 *
 * @module
 */
import {
  eachSyncEntry,
  type DirectoryContract,
  type SyncEntry,
  type SyncPass,
} from '@sallygate/service-directory/contract'
import type { ResultOf } from '@sallygate/service-kit'
import type { DirectoryKind } from '@sallygate/domain'
import type { Repositories } from '@sallygate/store'
import { syncFailure } from './failures.ts'
import { beginFirstAnew, firstRunOf } from './first-run.ts'
import { checkpoint, takeTurns, type Job } from './job.ts'
import type { RunSource } from './run-detail.ts'
import { Seen } from './seen.ts'
import { membersDigest, stagePage } from './staged-page.ts'
import { sweepPage } from './sweep.ts'

type Page = ResultOf<DirectoryContract, 'syncPage'>
type Started = ResultOf<DirectoryContract, 'syncStart'>

/** A domain controller that is asked for its first DirSync cookie walks over all it has. */
const startDeadlineMs = 120_000
/** Some twenty milliseconds either way: so long everybody else waits. */
const entriesAtOnce = 200
const membersAtOnce = 4000
const sweptAtOnce = 1000
/** Places that a report names. */
const mostReferred = 20
/** A server may take its time over a page; the connector has it read ahead. */
const pageDeadlineMs = 120_000

/** Twenty times what we were made for. A server whose pages never end would fill the disk. */
export const mostEntries = 2_000_000

const why: Readonly<Record<NonNullable<Started['because']>, string>> = {
  noPosition: 'There is no run to go on from.',
  otherServer: 'Another server answers than last time; where the last run stood means nothing to it.',
  restored: 'The server stands before where it once was: it was restored from a copy.',
  otherMethod: 'Changes are found in another way than last time.',
  cookieRefused: 'The domain controller does not take the DirSync cookie of the last run any more.',
  manyChanges: 'So much has changed that reading everything costs less.',
  noMethod: 'This directory, or its settings, offer no way to read only what has changed.',
}

/** Asks who answers and whether the last position leads on. */
export async function startReading(job: Job): Promise<void> {
  const { detail, parts, group, signal } = job
  // Of a whole run as well: a DirSync cookie leads on to the next one, and without one everything is walked over.
  const params = detail.since === undefined ? {} : { since: detail.since }
  const { result } = await parts.call(group, 'directory.syncStart', params, { deadlineMs: startDeadlineMs, signal })
  const said = result as Started
  detail.source = sourceOf(said)
  if (!detail.wantsFull && !said.goesOn) {
    detail.full = true
    detail.fullBecause = why[said.because ?? 'noPosition']
  }
  detail.referrals = 0
  delete detail.referredTo
  await checkpoint(job)
}

function sourceOf(said: Started): RunSource {
  const { server, identity, vendor, method, position, deletions, groups, members, membersFollow } = said
  return {
    server,
    identity,
    vendor,
    method,
    ...(position === undefined ? {} : { position }),
    deletions,
    groups,
    refs: members === 'login' ? 'loginKey' : 'key',
    follows: membersFollow,
  }
}

export class Reading {
  readonly #job: Job
  readonly #source: RunSource
  readonly #isEmpty: boolean
  readonly #seen = new Seen()
  #containersChanged = false
  #instance: string | undefined

  constructor(job: Job, source: RunSource) {
    this.#job = job
    this.#source = source
    this.#isEmpty = job.detail.existing === 0
  }

  /** In this order: what was changed after the first pass looked is not taken for gone by the last. */
  get passes(): readonly SyncPass[] {
    const { full } = this.#job.detail
    const { deletions, groups } = this.#source
    const entries: readonly SyncPass[] = groups ? ['users', 'groups'] : ['users']
    if (full) return entries
    if (deletions === 'tombstones') return ['removed', ...entries]
    return deletions === 'sweep' ? [...entries, 'identifiers'] : entries
  }

  /** One pass from its beginning to its end. @throws what broke it; it can be begun anew. */
  async pass(pass: SyncPass): Promise<void> {
    const { detail } = this.#job
    detail.pass = pass
    if (pass === 'users' || pass === 'groups') {
      const kind = kindOf(pass)
      detail.attempts[kind]++
      this.#seen.clear(kind)
      if (kind === 'group') detail.membersAdded = 0
      if (detail.isFirst === true && detail.attempts[kind] > 1) await beginFirstAnew(this.#job, kind)
    } else if (pass === 'identifiers') this.#seen.clear('user', 'group')
    await checkpoint(this.#job)
    let page = await this.#ask(pass, undefined)
    let told = 0
    for (;;) {
      // An empty page counts as well, so that pages without end come to one.
      told += Math.max(1, page.count)
      if (told > mostEntries) throw syncFailure('ENDLESS', { details: { pass, entries: told } })
      const { cursor } = page
      const next = cursor === undefined ? undefined : this.#ask(pass, cursor)
      // Whoever awaits it below hears of it; until then it is not unheard of.
      next?.catch(() => {})
      await this.#take(pass, page)
      if (next === undefined) break
      page = await next
    }
    await this.#passEnded(pass)
  }

  /** After all passes: a container that was renamed has renamed what is below it. */
  get wantsSweep(): boolean {
    return this.#containersChanged && !this.#job.detail.full
  }

  /** Stages as removed what is in force and was not seen. Only after a whole reading. */
  async findRemoved(): Promise<void> {
    const { run, scope, detail, parts } = this.#job
    const { directoryStaging } = parts.store
    // Who has no identifier may be one of those that seem to be missing.
    if (detail.failedEntries > 0 || detail.isFirst === true) return
    const attempt = Math.max(detail.attempts.user, detail.attempts.group)
    for (let after = 0; ;) {
      const numbers = await directoryStaging.numbers(scope, after, 10_000)
      const last = numbers.at(-1)
      if (last === undefined) return
      await directoryStaging.stageRemoved(
        run,
        attempt,
        numbers.filter((number) => !this.#seen.has(number)),
      )
      after = last
      await takeTurns(this.#job)
    }
  }

  async #ask(pass: SyncPass, cursor: string | undefined): Promise<Page> {
    const { parts, group, signal, detail } = this.#job
    const { identity } = this.#source
    const since = detail.full ? undefined : detail.since
    const params = {
      pass,
      identity,
      ...(since === undefined || pass === 'identifiers' ? {} : { since }),
      ...(cursor === undefined ? {} : { cursor }),
    }
    // A cursor is good only where it was given.
    const instance = cursor === undefined ? undefined : this.#instance
    const options = { deadlineMs: pageDeadlineMs, signal, instance }
    const { result, connector } = await parts.call(group, 'directory.syncPage', params, options)
    this.#instance = connector.id
    return result as Page
  }

  async #take(pass: SyncPass, page: Page): Promise<void> {
    const { detail } = this.#job
    detail.referrals += page.referralsNotFollowed
    if (page.referredTo !== undefined)
      detail.referredTo = [...new Set([...(detail.referredTo ?? []), ...page.referredTo])].slice(0, mostReferred)
    if (pass === 'removed') {
      if (page.containersChanged === true) this.#containersChanged = true
      await this.#takeGone([...eachSyncEntry(page.entries)])
    } else if (pass === 'identifiers') await this.#sweep(page.entries)
    else await this.#takeEntries(kindOf(pass), page.entries)
    await takeTurns(this.#job)
  }

  /** A thousand at a time: a page has four of them, and each is in memory several times. */
  async #sweep(entries: string): Promise<void> {
    let some: SyncEntry[] = []
    for (const entry of eachSyncEntry(entries)) {
      some.push(entry)
      if (some.length < sweptAtOnce) continue
      await sweepPage(this.#job, this.#seen, some)
      some = []
      await takeTurns(this.#job)
    }
    await sweepPage(this.#job, this.#seen, some)
  }

  /** In one transaction, and a few entries at a time: what is made of a page is many times its size. */
  async #takeEntries(kind: DirectoryKind, entries: string): Promise<void> {
    const { numbers, parts } = this.#job
    // Two for each object: its own number, and that of its fields.
    await numbers.reserve(2 * countLines(entries))
    await parts.store.transactionSavedLater(async (inside) => {
      let some: SyncEntry[] = []
      let members = 0
      for (const entry of eachSyncEntry(entries)) {
        some.push(entry)
        members += entry.members?.length ?? 0
        if (some.length < entriesAtOnce && members < membersAtOnce) continue
        await this.#stage(inside, kind, some)
        some = []
        members = 0
        // The store is this transaction's until the page is written; whoever does not ask it need not wait.
        await new Promise((resolve) => setImmediate(resolve))
      }
      if (some.length > 0) await this.#stage(inside, kind, some)
    })
  }

  async #stage(inside: Repositories, kind: DirectoryKind, entries: readonly SyncEntry[]): Promise<void> {
    const { directoryStaging, directoryFirst } = inside
    const { run, scope, detail, numbers } = this.#job
    const attempt = detail.attempts[kind]
    const isFirst = detail.isFirst === true
    const context = { directoryStaging, numbers, run, scope, kind, attempt, isEmpty: this.#isEmpty, isFirst }
    const page = await stagePage(context, entries)
    if (isFirst) await directoryFirst.add(firstRunOf(this.#job), page.objects, page.parts, attempt)
    else {
      await directoryStaging.stage(run, attempt, page.objects, page.parts)
      await directoryStaging.seenAgain(run, attempt, page.again)
      // Changed in something we do not look at, or changed back: it is where it was, and not gone.
      if (page.same.length > 0 && (attempt > 1 || !detail.full)) await directoryStaging.drop(run, page.same)
    }
    this.#seen.add(kind, page.seen)
    detail.read += page.read
    detail.done += page.read
    detail.failedEntries += page.failed
    if (kind === 'group') detail.membersAdded += page.newMembers
  }

  /** Changed or deleted somewhere: removed, unless the passes that follow find it where it should be. */
  async #takeGone(entries: readonly SyncEntry[]): Promise<void> {
    const { run, scope, parts } = this.#job
    const { directoryStaging } = parts.store
    const ids = entries.flatMap(({ id }) => id ?? [])
    const known = [
      ...(await directoryStaging.known(scope, 'user', ids)),
      ...(await directoryStaging.known(scope, 'group', ids)),
    ]
    // What is found again takes this back; that another kind is read anew does not.
    await directoryStaging.stageRemoved(
      run,
      Number.MAX_SAFE_INTEGER,
      known.map(({ number }) => number),
    )
  }

  async #passEnded(pass: SyncPass): Promise<void> {
    const { run, detail, parts } = this.#job
    const { directoryStaging, directoryFirst } = parts.store
    const isFirst = detail.isFirst === true
    if ((pass === 'users' || pass === 'groups') && !isFirst) {
      const kind = kindOf(pass)
      await directoryStaging.dropOlder(run, kind, detail.attempts[kind])
    }
    if (pass === 'groups') {
      for (const [number, digests] of await directoryStaging.partDigests(run)) {
        const digest = membersDigest(digests)
        if (isFirst) await directoryFirst.setMembersDigest(number, digest)
        else await directoryStaging.setMembersDigest(run, number, digest)
      }
    }
    if (pass === 'identifiers') await this.findRemoved()
  }
}

const kindOf = (pass: 'users' | 'groups'): DirectoryKind => (pass === 'users' ? 'user' : 'group')

function countLines(text: string): number {
  let count = 1
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) count++
  return count
}
