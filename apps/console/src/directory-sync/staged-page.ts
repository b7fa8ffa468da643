/**
 * From a page of entries to what is staged: who is new, who differs, and whom nothing has to be written about.
 *
 * Most objects of most runs are as they were; of those only their number is remembered.
 *
 * @module
 */
import { hash } from 'node:crypto'
import { equalBytes } from '@sallygate/base/bytes'
import { fieldsText, flagsOf, objectText, shownName, type DirectoryKind, type DirectoryObject } from '@sallygate/domain'
import type { SyncEntry } from '@sallygate/service-directory/contract'
import type { Numbers } from './job.ts'
import { searchKey, sortKey, type KnownObject, type StagedObject, type StagedPart, type Store } from '@sallygate/store'

export interface PageContext {
  readonly directoryStaging: Store['directoryStaging']
  readonly numbers: Numbers
  readonly run: number
  readonly scope: number
  readonly kind: DirectoryKind
  readonly attempt: number
  /** Nothing is in force yet: then nobody has to be looked up. */
  readonly isEmpty: boolean
  /** What is written is in force by number already, and is new all the same. */
  readonly isFirst?: boolean
}

export interface StagedPage {
  readonly objects: readonly StagedObject[]
  readonly parts: readonly StagedPart[]
  /** Read before by this run, and as they were then. */
  readonly again: readonly number[]
  /** Numbers of objects in force that were read. */
  readonly seen: readonly number[]
  /** Of those, the ones about which nothing has to be written. */
  readonly same: readonly number[]
  /** Objects read, whatever became of them. */
  readonly read: number
  /** Members of groups that are new. */
  readonly newMembers: number
  readonly failed: number
}

interface Draft {
  readonly object: DirectoryObject
  readonly fields: string
  readonly digest: Buffer
  readonly refs: readonly string[] | undefined
  readonly refsDigest: Buffer | undefined
}

const sha = (text: string): Buffer => hash('sha256', text, 'buffer')

/** Of one part: the same members in any order have one. */
export const partDigest = (refs: readonly string[]): Buffer => sha(refs.toSorted().join('\n'))
export const membersDigest = (parts: readonly Uint8Array[]): Buffer =>
  sha(parts.map((part) => Buffer.from(part).toString('hex')).join())

export async function stagePage(context: PageContext, entries: readonly SyncEntry[]): Promise<StagedPage> {
  const { directoryStaging, numbers, run, scope, kind, attempt, isEmpty, isFirst } = context
  const drafts = new Map<string, Draft>()
  const later: SyncEntry[] = []
  const nameless: SyncEntry[] = []
  const tooLarge: SyncEntry[] = []
  for (const entry of entries) {
    if (entry.kind !== kind) continue
    if (entry.id === undefined) nameless.push(entry)
    else if (entry.isTooLarge === true) tooLarge.push(entry)
    else if ((entry.part ?? 0) > 0) later.push(entry)
    else drafts.set(entry.id, draftOf(entry, kind, entry.id))
  }
  const ids = [...drafts.keys()]
  // Of those that are too large what is in force stays: they were seen, and nothing else is known of them.
  const seen = [...ids, ...tooLarge.flatMap(({ id }) => id ?? [])]
  const known = isEmpty ? [] : await directoryStaging.known(scope, kind, seen)
  const before = attempt > 1 && isFirst !== true ? await directoryStaging.staged(run, kind, ids) : []
  const knownById = new Map(known.map((row) => [row.id, row]))
  const beforeById = new Map(before.map((row) => [row.id, row]))

  const objects: StagedObject[] = []
  const parts: StagedPart[] = []
  const again: number[] = []
  let newMembers = 0
  const wanted = ids.filter((id) => !isAsItWas(drafts.get(id) as Draft, knownById.get(id)))
  const isWanted = new Set(wanted)
  for (const id of wanted) {
    const draft = drafts.get(id) as Draft
    const old = knownById.get(id)
    const staged = beforeById.get(id)
    if (old === undefined) newMembers += draft.refs?.length ?? 0
    const number = old?.number ?? staged?.number ?? numbers.take()
    const members = draft.refsDigest === undefined ? null : membersDigest([draft.refsDigest])
    const isAgain =
      staged !== undefined &&
      staged.change !== 'removed' &&
      isSame(staged.digest, draft.digest) &&
      isSame(staged.membersDigest, members)
    if (isAgain) {
      again.push(number)
      continue
    }
    const change = old === undefined ? 'added' : 'differs'
    objects.push(stagedObject({ draft, number, content: numbers.take(), attempt, change, members }))
    if (draft.refs !== undefined && draft.refsDigest !== undefined)
      parts.push({ number, part: 0, digest: draft.refsDigest, refs: draft.refs })
  }
  for (const entry of nameless) objects.push(failedObject(entry, kind, attempt, numbers.take(), 'id'))
  for (const entry of tooLarge) objects.push(failedObject(entry, kind, attempt, numbers.take(), 'size'))
  const further = await partsOf(context, later, objects)
  return {
    objects,
    parts: [...parts, ...further.parts],
    again,
    seen: known.map(({ number }) => number),
    same: known.filter(({ id }) => !isWanted.has(id)).map(({ number }) => number),
    read: drafts.size,
    newMembers: newMembers + further.newMembers,
    failed: nameless.length,
  }
}

function draftOf(entry: SyncEntry, kind: DirectoryKind, id: string): Draft {
  const object: DirectoryObject = {
    kind,
    id,
    dn: entry.dn,
    key: entry.key,
    fields: entry.fields ?? {},
    isDisabled: entry.isDisabled === true,
    isLocked: entry.isLocked === true,
    mustChangePassword: entry.mustChangePassword === true,
    expiresAtMs: entry.expiresAt,
    sid: entry.sid,
    primarySid: entry.primarySid,
  }
  const fields = fieldsText(object)
  const refs = kind === 'group' ? (entry.members ?? []) : undefined
  return {
    object,
    fields,
    digest: sha(objectText(object, fields)),
    refs,
    refsDigest: refs === undefined ? undefined : partDigest(refs),
  }
}

/** Nothing about it has to be written. A group in several parts is looked at once all of them are here. */
function isAsItWas(draft: Draft, old: KnownObject | undefined): boolean {
  if (old === undefined || !isSame(old.digest, draft.digest)) return false
  if (draft.refsDigest === undefined) return true
  return isSame(old.membersDigest, membersDigest([draft.refsDigest]))
}

function isSame(a: Uint8Array | null | undefined, b: Uint8Array | null | undefined): boolean {
  if (a === null || a === undefined || b === null || b === undefined) return (a ?? null) === (b ?? null)
  return equalBytes(a, b)
}

interface ToStage {
  readonly draft: Draft
  readonly number: number
  readonly content: number
  readonly attempt: number
  readonly change: 'added' | 'differs'
  readonly members: Buffer | null
}

function stagedObject({ draft, number, content, attempt, change, members }: ToStage): StagedObject {
  const { object, fields, digest, refs } = draft
  const name = printable(shownName(object)).slice(0, 500)
  const login = object.fields['login']?.[0] ?? (object.kind === 'group' ? object.fields['name']?.[0] : undefined)
  const isNewGroup = change === 'added' && refs !== undefined
  return {
    kind: object.kind,
    id: object.id,
    number,
    attempt,
    change,
    name,
    nameKey: sortKey(name),
    login: login === undefined ? null : printable(login),
    loginKey: login === undefined ? null : searchKey(login),
    mail: object.fields['mail']?.[0] === undefined ? null : printable(object.fields['mail'][0]),
    dn: object.dn,
    key: object.key,
    sid: object.sid ?? null,
    primarySid: object.primarySid ?? null,
    flags: flagsOf(object),
    expiresAt: object.expiresAtMs ?? null,
    digest,
    membersDigest: members,
    content,
    fields,
    detail: isNewGroup ? JSON.stringify({ fields: [], membersAdded: refs.length, membersRemoved: 0 }) : null,
  }
}

/** Told of in the report, by its name, and never in force. */
function failedObject(
  entry: SyncEntry,
  kind: DirectoryKind,
  attempt: number,
  number: number,
  what: 'id' | 'size',
): StagedObject {
  const { dn, key } = entry
  return {
    kind,
    id: `?${hash('sha256', key)}`,
    number,
    attempt,
    change: 'failed',
    name: dn.slice(0, 500),
    nameKey: key.slice(0, 500),
    login: null,
    loginKey: null,
    mail: null,
    dn,
    key,
    sid: null,
    primarySid: null,
    flags: 0,
    expiresAt: null,
    digest: null,
    membersDigest: null,
    content: null,
    detail: JSON.stringify({ fields: [what] }),
  }
}

/** Further members of groups whose first ones came before, in this page or an earlier one. */
async function partsOf(
  { directoryStaging, run, scope, isFirst }: PageContext,
  later: readonly SyncEntry[],
  objects: readonly StagedObject[],
): Promise<{ readonly parts: readonly StagedPart[]; readonly newMembers: number }> {
  if (later.length === 0) return { parts: [], newMembers: 0 }
  const ids = [...new Set(later.flatMap(({ id }) => id ?? []))]
  const numbers = new Map<string, number>()
  for (const { id, number } of await directoryStaging.known(scope, 'group', ids)) numbers.set(id, number)
  const isKnown = new Set(isFirst === true ? [] : numbers.keys())
  for (const { id, number } of await directoryStaging.staged(run, 'group', ids)) numbers.set(id, number)
  for (const { id, number } of objects) numbers.set(id, number)
  let newMembers = 0
  const parts = later.flatMap(({ id = '', part = 0, members = [] }) => {
    const number = numbers.get(id)
    if (number === undefined) return []
    if (!isKnown.has(id)) newMembers += members.length
    return [{ number, part, digest: partDigest(members), refs: members }]
  })
  return { parts, newMembers }
}

const printable = (text: string) => text.replaceAll('\0', '')
