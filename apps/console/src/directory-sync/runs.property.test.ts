/**
 * Runs against a directory in memory, with the real store: what they come to has to depend on the directory alone.
 *
 * The directory is simulated at the seam of `call`: pages in any order and of any size, that break anywhere.
 *
 * @module
 */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { systemClock } from '@sallygate/base/clock'
import { silentLog } from '@sallygate/base/log'
import { transitiveMembers } from '@sallygate/domain'
import { directoryFailure, writeSyncEntry, type SyncEntry } from '@sallygate/service-directory/contract'
import { createMasterKey, loadMasterKey, openStore, type Store } from '@sallygate/store'
import fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { Numbers, type Job } from './job.ts'
import { asJson, type RunDetail } from './run-detail.ts'
import { carryOut } from './run.ts'
import { openSafeguards } from './testing/one-run.ts'

const home = mkdtempSync(join(tmpdir(), 'sallygate-runs-'))
let store: Store
beforeAll(async () => {
  createMasterKey(join(home, 'key'))
  const masterKey = loadMasterKey(join(home, 'key'))
  store = await openStore({ path: join(home, 'db'), masterKey, clock: systemClock, log: silentLog })
})
afterAll(async () => {
  await store.close()
  rmSync(home, { recursive: true, force: true })
})

interface Person {
  readonly id: number
  readonly name: number
  readonly ou: number
  readonly isDisabled: boolean
}
interface World {
  readonly people: readonly Person[]
  /** By group: names of members, of groups and of nobody among them. */
  readonly groups: readonly { readonly id: number; readonly members: readonly string[] }[]
}
type Shuffle = { readonly order: number; readonly size: number; readonly breaks: readonly number[] }

const keyOf = ({ name, ou }: Pick<Person, 'name' | 'ou'>) => `uid=u${name},ou=${ou}`
const anyWorld: fc.Arbitrary<World> = fc
  .record({
    people: fc.uniqueArray(fc.record({ id: fc.nat(8), name: fc.nat(5), ou: fc.nat(2), isDisabled: fc.boolean() }), {
      maxLength: 9,
      selector: ({ id }) => id,
    }),
    groups: fc.uniqueArray(
      fc.record({
        id: fc.nat(4),
        members: fc.uniqueArray(
          fc.oneof(
            fc.record({ name: fc.nat(5), ou: fc.nat(2) }).map(keyOf),
            fc.nat(4).map((id) => `cn=g${id}`),
          ),
          { maxLength: 8 },
        ),
      }),
      { maxLength: 5, selector: ({ id }) => id },
    ),
  })
  .map(({ people, groups }) => ({
    people: people.filter((one, at) => people.findIndex((two) => keyOf(two) === keyOf(one)) === at),
    groups,
  }))
const anyShuffle: fc.Arbitrary<Shuffle> = fc.record({
  order: fc.nat(1000),
  size: fc.integer({ min: 1, max: 4 }),
  breaks: fc.uniqueArray(fc.nat(12), { maxLength: 4 }),
})

function linesOf(world: World, pass: string): readonly SyncEntry[] {
  const users = world.people.map((person): SyncEntry => {
    const key = keyOf(person)
    const fields = { login: [`u${person.name}`] }
    return {
      kind: 'user',
      id: `p${person.id}`,
      dn: key,
      key,
      fields,
      ...(person.isDisabled ? { isDisabled: true } : {}),
    }
  })
  const groups = world.groups.map(({ id, members }): SyncEntry => {
    const key = `cn=g${id}`
    return { kind: 'group', id: `g${id}`, dn: key, key, fields: { name: [`g${id}`] }, members }
  })
  if (pass === 'users') return users
  if (pass === 'groups') return groups
  return [...users, ...groups].map(({ kind, id = '', dn, key }) => ({ kind, id, dn, key }))
}

/** @param changed Only these are told of by the passes of users and groups; everybody where absent. */
function directory(
  world: World,
  { order, size, breaks }: Shuffle,
  changed?: ReadonlySet<string>,
): Job['parts']['call'] {
  const left = new Set(breaks)
  let asked = 0
  const shuffled = (pass: string) =>
    linesOf(world, pass)
      .filter(({ id = '' }) => pass === 'identifiers' || changed === undefined || changed.has(id))
      .map((entry, at) => [(at * 7919 + order * 104_729) % 1009, entry] as const)
      .toSorted(([a], [b]) => a - b)
      .map(([, entry]) => entry)
  return (_group, operation, parameters) => {
    const connector = { id: 'c', name: 'c' }
    const answer = (result: unknown) => Promise.resolve({ result, connector, durationMs: 0, attempts: 1, spans: [] })
    const server = 'dc:636'
    if (operation === 'directory.syncStart') {
      const { since } = parameters as { readonly since?: unknown }
      const position = { kind: 'timestamp', identity: 'dc', value: '20260101000000Z' }
      return answer({
        server, identity: 'dc', vendor: 'x', method: 'timestamp', position, deletions: 'sweep', groups: true, members: 'dn',
        membersFollow: false, ...(since === undefined ? { goesOn: false, because: 'noPosition' } : { goesOn: true }),
      }) // prettier-ignore
    }
    const { pass, cursor } = parameters as { readonly pass: string; readonly cursor?: string }
    if (left.delete(asked++)) return Promise.reject(directoryFailure('CURSOR_GONE'))
    const at = Number(cursor ?? 0)
    const all = shuffled(pass)
    const some = all.slice(at, at + size)
    return answer({
      entries: some.map(writeSyncEntry).join('\n'),
      count: some.length,
      referralsNotFollowed: 0,
      server,
      ...(at + size < all.length ? { cursor: String(at + size) } : {}),
    })
  }
}

interface Group {
  readonly group: string
  readonly scope: number
}

async function begin(): Promise<Group> {
  const { id } = await store.groups.add({ name: `Group ${Math.random()}` })
  return { group: id, scope: (await store.directoryRuns.scope(id)).scope }
}

async function jobOf({ group, scope }: Group, call: Job['parts']['call'], full: boolean): Promise<Job> {
  const { users, groups } = await store.directoryObjects.counts(scope)
  const detail: RunDetail = {
    mode: 'sync', startedBy: 'person', wantsFull: full, full, settingsDigest: '', phase: 'fetch',
    attempts: { user: 0, group: 0 }, done: 0, existing: users + groups, read: 0, membersAdded: 0, membersRemoved: 0,
    failedEntries: 0, restarts: 0, referrals: 0, ...(full && users + groups === 0 ? { isFirst: true } : {}),
    ...(full ? {} : { since: { kind: 'timestamp', identity: 'dc', value: '20260101000000Z' } as const }),
  } // prettier-ignore
  const { run, id } = await store.directoryRuns.add(group, scope, 'running', asJson(detail))
  return {
    parts: { store, clock: systemClock, log: silentLog, call },
    group,
    scope,
    run,
    id,
    detail,
    numbers: new Numbers(store),
    signal: new AbortController().signal,
    moved: () => {},
  }
}

const work = (job: Job) => carryOut(job, openSafeguards, { waits: () => {} })

async function sync(at: Group, world: World, shuffle: Shuffle, changed?: ReadonlySet<string>): Promise<Job> {
  const job = await jobOf(at, directory(world, shuffle, changed), changed === undefined)
  expect(await work(job)).toBe('done')
  return job
}

/** Everything somebody can see. */
async function pictureOf({ scope }: Group) {
  const { directoryObjects } = store
  const picture: Record<string, unknown> = {}
  for (const kind of ['user', 'group'] as const) {
    for (const row of await directoryObjects.list(scope, { kind }, { limit: 1000 })) {
      const found = await directoryObjects.find(scope, kind, row.id)
      const direct = await directoryObjects.members(row, scope, false, { limit: 1000 })
      const all = await directoryObjects.members(row, scope, true, { limit: 1000 })
      const { loose } = await directoryObjects.memberCounts(row, scope)
      const ids = (rows: typeof all) => rows.map(({ id }) => id).toSorted()
      picture[row.id] = [row.dn, row.key, row.name, row.flags, found?.fields, ids(direct), ids(all), loose]
    }
  }
  return picture
}

async function reportOf(run: number) {
  const rows = await store.directoryReports.changes(run, { after: 0, limit: 1000 })
  return rows
    .map(({ kind, id, change, name, dn, detail }) => JSON.stringify([kind, id, change, name, dn, detail]))
    .toSorted()
}

const straight: Shuffle = { order: 0, size: 1000, breaks: [] }

test('pages in any order and size, broken anywhere, come to what one clean run comes to', async () => {
  await fc.assert(
    fc.asyncProperty(anyWorld, anyWorld, anyShuffle, anyShuffle, async (first, second, one, two) => {
      const [clean, torn] = [await begin(), await begin()]
      await sync(clean, second, straight)

      await sync(torn, first, one)
      await sync(torn, second, two)

      expect(await pictureOf(torn)).toEqual(await pictureOf(clean))
    }),
    { numRuns: 15 },
  )
}, 120_000)

test('a run that finds everything as it was changes nothing', async () => {
  await fc.assert(
    fc.asyncProperty(anyWorld, anyShuffle, async (world, shuffle) => {
      const at = await begin()
      await sync(at, world, straight)
      const before = await pictureOf(at)

      const { run, detail } = await sync(at, world, shuffle)

      expect(await store.directoryReports.changes(run, { after: 0, limit: 10 })).toEqual([])
      expect(detail.counts).toMatchObject({
        added: 0,
        changed: 0,
        moved: 0,
        removed: 0,
        membersAdded: 0,
        membersRemoved: 0,
      })
      expect(await pictureOf(at)).toEqual(before)
    }),
    { numRuns: 10 },
  )
}, 120_000)

test('reading only what has changed comes to what reading everything comes to', async () => {
  await fc.assert(
    fc.asyncProperty(anyWorld, anyWorld, anyShuffle, async (first, second, shuffle) => {
      const [clean, changed] = [await begin(), await begin()]
      await sync(clean, second, straight)
      await sync(changed, first, straight)
      const before = new Map(
        ['users', 'groups'].flatMap((pass) => linesOf(first, pass)).map((one) => [one.id, JSON.stringify(one)]),
      )
      const touched = ['users', 'groups']
        .flatMap((pass) => linesOf(second, pass))
        .filter((one) => before.get(one.id) !== JSON.stringify(one))

      await sync(changed, second, shuffle, new Set(touched.flatMap(({ id }) => id ?? [])))

      expect(await pictureOf(changed)).toEqual(await pictureOf(clean))
    }),
    { numRuns: 15 },
  )
}, 120_000)

test('a console that dies anywhere in a run goes on, and comes to the same', async () => {
  await fc.assert(
    fc.asyncProperty(anyWorld, anyWorld, anyShuffle, fc.nat(25), async (first, second, shuffle, dies) => {
      const [clean, torn] = [await begin(), await begin()]
      await sync(clean, second, straight)
      await sync(torn, first, straight)
      const job = await jobOf(torn, directory(second, shuffle), true)
      let moves = 0
      const killed: Job = {
        ...job,
        moved: () => {
          if (moves++ === dies) throw new Error('killed')
        },
      }
      await work(killed).catch(() => {})
      // What a new process knows is what was written down.
      const [stored] = await store.directoryRuns.list(torn.group, { limit: 1 })
      const detail = stored?.detail as unknown as RunDetail
      const again = {
        ...job,
        detail,
        numbers: new Numbers(store),
        parts: { ...job.parts, call: directory(second, straight) },
      }
      if (detail.phase !== 'ended') await work(again)

      expect(await pictureOf(torn)).toEqual(await pictureOf(clean))
    }),
    { numRuns: 15 },
  )
}, 120_000)

test('a console that dies anywhere in the first run of all goes on, and comes to what a clean run comes to', async () => {
  await fc.assert(
    fc.asyncProperty(anyWorld, anyWorld, anyShuffle, fc.nat(25), async (before, after, shuffle, dies) => {
      const [clean, torn] = [await begin(), await begin()]
      const { run: cleanRun } = await sync(clean, after, straight)
      const job = await jobOf(torn, directory(before, shuffle), true)
      let moves = 0
      const killed: Job = {
        ...job,
        moved: () => {
          if (moves++ === dies) throw new Error('killed')
        },
      }
      await work(killed).catch(() => {})
      const [stored] = await store.directoryRuns.list(torn.group, { limit: 1 })
      const detail = stored?.detail as unknown as RunDetail
      const parts = { ...job.parts, call: directory(after, straight) }
      const isRead = detail.phase !== 'fetch'
      await work({ ...job, detail, numbers: new Numbers(store), parts })

      // What was read whole before it died is what comes into force.
      if (isRead) await sync(torn, after, straight)
      expect(await pictureOf(torn)).toEqual(await pictureOf(clean))
      if (!isRead) expect(await reportOf(job.run)).toEqual(await reportOf(cleanRun))
    }),
    { numRuns: 25 },
  )
}, 120_000)

test('who is in a group by way of others is what the rules say', async () => {
  await fc.assert(
    fc.asyncProperty(anyWorld, async (world) => {
      const at = await begin()
      await sync(at, world, straight)
      const known = new Map(
        ['users', 'groups'].flatMap((pass) => linesOf(world, pass)).map(({ key, id = '' }) => [key, id]),
      )
      const direct = new Map(
        world.groups.map(({ id, members }) => [`g${id}`, new Set(members.flatMap((key) => known.get(key) ?? []))]),
      )

      for (const row of await store.directoryObjects.list(at.scope, { kind: 'group' }, { limit: 100 })) {
        const stored = await store.directoryObjects.members(row, at.scope, true, { limit: 1000 })
        expect(new Set(stored.map(({ id }) => id))).toEqual(transitiveMembers(row.id, direct))
      }
    }),
    { numRuns: 10 },
  )
}, 120_000)
