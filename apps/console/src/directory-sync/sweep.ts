/**
 * The sweep: identifiers and names of everything, to find who is gone and who is called otherwise now.
 *
 * @module
 */
import { hash } from 'node:crypto'
import { hasFlag, objectText, shownName, type DirectoryKind, type DirectoryObject } from '@sallygate/domain'
import type { SyncEntry } from '@sallygate/service-directory/contract'
import { sortKey, type StagedObject } from '@sallygate/store'
import type { Job } from './job.ts'
import type { Seen } from './seen.ts'

type Whole = Awaited<ReturnType<Job['parts']['store']['directoryObjects']['whole']>>[number]

export async function sweepPage(job: Job, seen: Seen, entries: readonly SyncEntry[]): Promise<void> {
  for (const kind of ['user', 'group'] as const) {
    const named = entries.filter((entry) => entry.kind === kind)
    if (named.length === 0) continue
    await sweepKind(job, seen, kind, named)
    job.detail.done += named.length
  }
}

async function sweepKind(job: Job, seen: Seen, kind: DirectoryKind, entries: readonly SyncEntry[]): Promise<void> {
  const { run, scope, detail, parts } = job
  const { directoryStaging, directoryObjects } = parts.store
  detail.failedEntries += entries.filter(({ id }) => id === undefined).length
  const byId = new Map(entries.flatMap((entry) => (entry.id === undefined ? [] : [[entry.id, entry] as const])))
  const names = [...byId.values()].map(({ id = '', key }) => [id, key] as const)
  const known = await directoryStaging.named(scope, kind, names)
  seen.add(
    kind,
    known.map(({ number }) => number),
  )
  const ids = known.flatMap(({ renamed }) => renamed ?? [])
  if (ids.length === 0) return
  // Those that were read in this run have their new name from there.
  const read = new Set((await directoryStaging.staged(run, kind, ids)).map(({ id }) => id))
  const left = known.filter(({ renamed }) => renamed !== null && !read.has(renamed))
  for (let at = 0; at < left.length; at += 500) {
    const numbers = left.slice(at, at + 500).map(({ number }) => number)
    const objects = (await directoryObjects.whole(numbers)).flatMap((row) => {
      const entry = byId.get(row.id)
      return entry === undefined ? [] : [renamedObject(row, entry, detail.attempts[kind])]
    })
    await directoryStaging.stage(run, detail.attempts[kind], objects, [])
  }
}

/** As it is in force, under its new name. */
function renamedObject(row: Whole, { dn, key }: SyncEntry, attempt: number): StagedObject {
  const { fields: text, scope: _, syncedAt: __, ...kept } = row
  const fields = text ?? '{}'
  const object: DirectoryObject = { ...objectOf(row, fields), dn, key }
  const name = shownName(object).slice(0, 500)
  return {
    ...kept,
    attempt,
    change: 'differs',
    name,
    nameKey: sortKey(name),
    dn,
    key,
    digest: hash('sha256', objectText(object, fields), 'buffer'),
    // The fields stay where they are.
    content: null,
    detail: null,
  }
}

/** Stored columns as the rules see them. */
export function objectOf(
  row: Pick<Whole, 'kind' | 'id' | 'dn' | 'key' | 'flags' | 'expiresAt' | 'sid' | 'primarySid'>,
  fields: string,
): DirectoryObject {
  return {
    kind: row.kind as DirectoryKind,
    id: row.id,
    dn: row.dn,
    key: row.key,
    fields: JSON.parse(fields) as DirectoryObject['fields'],
    isDisabled: hasFlag(row.flags, 'isDisabled'),
    isLocked: hasFlag(row.flags, 'isLocked'),
    mustChangePassword: hasFlag(row.flags, 'mustChangePassword'),
    expiresAtMs: row.expiresAt ?? undefined,
    sid: row.sid ?? undefined,
    primarySid: row.primarySid ?? undefined,
  }
}
