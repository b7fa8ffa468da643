/**
 * The syncs of one group as an administrator lives through them, told to whatever store is given: what each came to, and
 * what everybody could see afterwards.
 *
 * The directory is simulated at the seam of `call`; real ones are in interop/directory-sync.
 *
 * @module
 */
import { systemClock } from '@sallygate/base/clock'
import { silentLog } from '@sallygate/base/log'
import { directoryFailure, writeSyncEntry, type SyncEntry } from '@sallygate/service-directory/contract'
import type { Store } from '@sallygate/store'
import { DirectorySyncs, type SyncsParts } from '../../apps/console/src/directory-sync/syncs.ts'

const people = 700
const perPage = 150
const safeguards = {
  maxRemovals: 20,
  maxRemovalsPercent: 100,
  maxChangesPercent: 100,
  maxMembershipsRemovedPercent: 100,
}
const rules = {
  isOn: true, from: '', fromName: 'Story', everyMinutes: 5, fullEveryHours: 24, safeguards, digest: 'same',
} as const // prettier-ignore

const personKey = (at: number, ou = 'people') => `uid=u${at},ou=${ou}`

/** A directory that can be changed, and that loses its place once in a while. */
export class StoryDirectory {
  readonly entries = new Map<string, SyncEntry>()
  readonly changed = new Set<string>()
  /** Pages that are still answered before one breaks. */
  breaksAfter = Number.POSITIVE_INFINITY

  constructor() {
    for (let at = 0; at < people; at++) this.person(at)
    this.group(
      'all',
      Array.from({ length: people }, (_, at) => personKey(at)),
    )
    this.group('ring-a', ['cn=ring-b', personKey(1), 'uid=nobody,ou=people'])
    this.group('ring-b', ['cn=ring-c'])
    this.group('ring-c', ['cn=ring-a', personKey(2)])
    this.group('empty', [])
    this.changed.clear()
  }

  person(at: number, more: Partial<SyncEntry> = {}): void {
    const key = more.key ?? personKey(at)
    const fields = { displayName: [`Person ${at} Ñandú`], login: [`u${at}`], mail: [`u${at}@story.test`] }
    this.#set({ kind: 'user', id: `p${at}`, dn: key, fields, ...more, key })
  }

  group(name: string, members: readonly string[]): void {
    const key = `cn=${name}`
    this.#set({ kind: 'group', id: name, dn: key, key, fields: { name: [name] }, members })
  }

  gone(id: string): void {
    this.entries.delete(id)
  }

  #set(entry: SyncEntry): void {
    this.entries.set(entry.id ?? '', entry)
    this.changed.add(entry.id ?? '')
  }

  readonly call: SyncsParts['call'] = (_group, operation, parameters) => {
    const connector = { id: 'one', name: 'one' }
    const answer = (result: unknown) => Promise.resolve({ result, connector, durationMs: 0, attempts: 1, spans: [] })
    const { since, pass, cursor } = parameters as { since?: unknown; pass?: string; cursor?: string }
    if (operation === 'directory.syncStart') {
      const position = { kind: 'timestamp', identity: 'dc', value: '20260101000000Z' }
      return answer({
        server: 'dc:636', identity: 'dc', vendor: 'x', method: 'timestamp', position, deletions: 'sweep', groups: true,
        members: 'dn', membersFollow: false, goesOn: since !== undefined,
        ...(since === undefined ? { because: 'noPosition' } : {}),
      }) // prettier-ignore
    }
    if (this.breaksAfter-- <= 0) {
      this.breaksAfter = Number.POSITIVE_INFINITY
      return Promise.reject(directoryFailure('CURSOR_GONE'))
    }
    const all = this.#lines(pass ?? '', since !== undefined)
    const at = Number(cursor ?? 0)
    const some = all.slice(at, at + perPage)
    return answer({
      entries: some.map(writeSyncEntry).join('\n'),
      count: some.length,
      referralsNotFollowed: 0,
      server: 'dc:636',
      ...(at + perPage < all.length ? { cursor: String(at + perPage) } : {}),
    })
  }

  #lines(pass: string, isChanges: boolean): readonly SyncEntry[] {
    const all = [...this.entries.values()]
    if (pass === 'identifiers') return all.map(({ kind, id = '', dn, key }) => ({ kind, id, dn, key }))
    const kind = pass === 'users' ? 'user' : 'group'
    const wanted = all.filter((entry) => entry.kind === kind && (!isChanges || this.changed.has(entry.id ?? '')))
    // A large group comes in parts, as from a server that gives its members in ranges.
    return wanted.flatMap((entry) => {
      const { members = [], id = '', dn, key } = entry
      if (members.length <= 300) return [entry]
      const later = [300, 600].map((from, part) => ({
        kind, id, dn, key, members: members.slice(from, from + 300), part: part + 1,
      }) as const) // prettier-ignore
      return [{ ...entry, members: members.slice(0, 300) }, ...later.filter((part) => part.members.length > 0)]
    })
  }
}

/** Everything somebody can see. Numbers are a store's own. */
async function pictureOf({ directoryObjects }: Store, scope: number) {
  const picture: Record<string, unknown> = {}
  for (const kind of ['user', 'group'] as const) {
    for (const row of await directoryObjects.list(scope, { kind }, { limit: 2000 })) {
      const found = await directoryObjects.find(scope, kind, row.id)
      const counts = await directoryObjects.memberCounts(row, scope)
      const ids = async (isTransitive: boolean) =>
        (await directoryObjects.members(row, scope, isTransitive, { limit: 2000 })).map(({ id }) => id).toSorted()
      const members = kind === 'group' ? [await ids(false), await ids(true), counts] : []
      picture[row.id] = [row.dn, row.key, row.name, row.nameKey, row.loginKey, row.flags, found?.fields, ...members]
    }
  }
  return picture
}

export interface Chapter {
  readonly state: string
  readonly counts: unknown
  readonly membersAdded: unknown
  readonly report: readonly unknown[]
  readonly picture: Readonly<Record<string, unknown>>
  readonly found: readonly string[]
}

export class Story {
  readonly directory = new StoryDirectory()
  readonly #store: Store
  readonly #syncs: DirectorySyncs
  readonly #group: string
  readonly #scope: number

  private constructor(store: Store, group: string, scope: number) {
    this.#store = store
    this.#group = group
    this.#scope = scope
    this.#syncs = new DirectorySyncs({
      store,
      clock: systemClock,
      log: silentLog,
      call: this.directory.call,
      rules: { of: () => Promise.resolve({ ...rules, from: group }) },
      news: {
        released: () => Promise.resolve(),
        held: () => Promise.resolve(),
        done: () => Promise.resolve(),
        failed: () => Promise.resolve(),
      },
      groups: () => Promise.resolve([]),
    })
  }

  static async begin(store: Store): Promise<Story> {
    const { id } = await store.groups.add({ name: 'Story' })
    return new Story(store, id, (await store.directoryRuns.scope(id)).scope)
  }

  async preview(): Promise<Chapter> {
    return this.#ended((await this.#syncs.begin(this.#group, { mode: 'preview', startedBy: 'person' })).id)
  }

  async sync(full: boolean): Promise<Chapter> {
    const run = await this.#syncs.begin(this.#group, { mode: 'sync', full, startedBy: 'person' })
    const chapter = await this.#ended(run.id)
    this.directory.changed.clear()
    return chapter
  }

  /** The one that waits for somebody. */
  async release(): Promise<Chapter> {
    const [waiting] = await this.#store.directoryRuns.list(this.#group, { limit: 1, states: ['held', 'previewed'] })
    return this.#ended((await this.#syncs.release(this.#group, waiting?.id ?? '')).id)
  }

  end(): Promise<void> {
    return this.#syncs.stop()
  }

  async #ended(id: string): Promise<Chapter> {
    const { directoryRuns, directoryReports, directoryObjects } = this.#store
    for (const began = performance.now(); this.#syncs.underwayOf(this.#group) !== undefined;) {
      if (performance.now() - began > 60_000) throw new Error('the run does not end')
      await new Promise((resolve) => setTimeout(resolve, 5))
    }
    const run = await directoryRuns.find(this.#group, id)
    if (run === undefined) throw new Error('the run is gone')
    const rows = await directoryReports.changes(run.run, { after: 0, limit: 2000 })
    const found = await directoryObjects.list(this.#scope, { kind: 'user', search: 'person 69' }, { limit: 50 })
    return {
      state: run.state,
      counts: run.detail['counts'],
      membersAdded: run.detail['membersAdded'],
      report: rows
        .map(({ kind, id: who, change, name, dn, detail }) => `${change} ${kind} ${who} ${name} ${dn} ${detail}`)
        .toSorted(),
      picture: await pictureOf(this.#store, this.#scope),
      found: found.map(({ id: who }) => who),
    }
  }
}
