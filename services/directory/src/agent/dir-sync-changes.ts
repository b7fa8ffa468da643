/**
 * What has changed in Active Directory since a DirSync cookie: where it stands, who it is, and whether containers moved.
 *
 * @module
 */
import { Failure } from '@sallygate/base/failure'
import { anyOf, equal, not, present, type Filter } from '@sallygate/protocol-ldap'
import type { OperationContext } from '@sallygate/service-kit'
import { contentInForce, directoryFailure, type SyncPosition } from '../contract.ts'
import type { Connection } from './connections.ts'
import type { Dialer } from './dial.ts'
import { readByDirSync } from './dir-sync.ts'
import type { DirectoryPlan } from './plan.ts'
import { projectSync } from './sync-entry.ts'
import { SyncNames } from './sync-names.ts'
import type { Bearings } from './sync-position.ts'

export type DirSyncPosition = Extract<SyncPosition, { kind: 'dirSync' }>

/** Beyond these, reading everything costs less than asking for each. */
const manyChanges = 50_000
/** Between looking and reading some more may come. */
const mostChanges = 4 * manyChanges

/** That nothing matches: of the answer only the cookie is wanted. */
const nothing = not(present('objectClass'))

export interface DirSyncStand {
  readonly position: DirSyncPosition
  /** Why `since` does not lead on; absent where it does. */
  readonly because?: 'cookieRefused' | 'manyChanges'
}

/** Where the naming context stands, and whether the last cookie leads on from there. Without one it is walked over. */
export async function takeDirSyncStand(
  dialer: Dialer,
  connection: Connection,
  bearings: Bearings,
  since: DirSyncPosition | undefined,
  context: OperationContext,
): Promise<DirSyncStand> {
  const { plan } = dialer
  const { position } = bearings
  if (position?.kind !== 'dirSync') throw new Error('no server that is asked by DirSync')
  const classes = classesOf(plan, 'users', 'groups')
  let found = 0
  const read = async (cookie: Uint8Array, isWanted: boolean): Promise<DirSyncPosition> => {
    const question = {
      context: position.context,
      cookie,
      filter: () => (isWanted && found <= manyChanges ? classes : nothing),
      attributes: watchedAttributes(plan),
    }
    const next = await readByDirSync(dialer, connection, context, question, () => {
      found++
    })
    return { ...position, value: Buffer.from(next).toString('base64') }
  }
  const empty = Buffer.alloc(0)
  if (since === undefined) return { position: await read(empty, false) }
  try {
    const next = await read(Buffer.from(since.value, 'base64'), true)
    return found > manyChanges ? { position: next, because: 'manyChanges' } : { position: next }
  } catch (error) {
    if (!isAboutTheCookie(error)) throw error
    // With an empty one it is seen whether it was the cookie.
    return { position: await read(empty, false), because: 'cookieRefused' }
  }
}

/** Each server has a result of its own for a cookie it cannot read; Samba says that it does not know the control. */
function isAboutTheCookie(error: unknown): boolean {
  const codes: readonly string[] = ['DIRECTORY_DIRSYNC_NOT_OFFERED', 'DIRECTORY_SERVER_ERROR']
  return error instanceof Failure && codes.includes(error.code)
}

/** Identifiers of objects that were changed, made, moved or deleted since: bytes as `latin1`. */
export async function changedByDirSync(
  dialer: Dialer,
  connection: Connection,
  since: DirSyncPosition,
  kinds: readonly ('users' | 'groups')[],
  context: OperationContext,
): Promise<ReadonlySet<string>> {
  const { plan } = dialer
  const changed = new Set<string>()
  const filter = classesOf(plan, ...kinds)
  const question = { ...questionOf(since), filter: () => filter, attributes: watchedAttributes(plan) }
  await readByDirSync(dialer, connection, context, question, ({ attributes }) => {
    const guid = attributes.find(({ type }) => type.toLowerCase() === 'objectguid')?.values[0]
    if (guid?.length !== 16) return
    if (changed.size >= mostChanges)
      throw directoryFailure('SYNC_CUT_SHORT', { details: { server: connection.label, result: 'too many changes' } })
    changed.add(guid.toString('latin1'))
  })
  return changed
}

/** Whether one was renamed or moved: that renames what is below it, and nothing below it counts as changed. */
export async function haveContainersMoved(
  dialer: Dialer,
  connection: Connection,
  since: DirSyncPosition,
  containers: Filter,
  context: OperationContext,
): Promise<boolean> {
  let found = false
  const question = { ...questionOf(since), filter: () => containers, attributes: ['name'] }
  await readByDirSync(dialer, connection, context, question, () => {
    found = true
  })
  return found
}

const questionOf = ({ context, value }: DirSyncPosition) => ({ context, cookie: Buffer.from(value, 'base64') })

/** Deleted objects keep their class, and little else. */
function classesOf(plan: DirectoryPlan, ...kinds: readonly ('users' | 'groups')[]): Filter {
  const { userObjectClass, groupObjectClass } = contentInForce(plan.settings)
  return anyOf(...kinds.map((kind) => equal('objectClass', kind === 'users' ? userObjectClass : groupObjectClass)))
}

/** Names and deletions, all that is read, and all that decides who is. */
export function watchedAttributes(plan: DirectoryPlan): readonly string[] {
  const kinds = ['users', 'groups'] as const
  const read = kinds.flatMap((kind) => projectSync(plan, kind, new SyncNames()).attributes)
  const deciding = kinds.flatMap((kind) => plan[kind].filters.flatMap(attributesOf))
  const all = ['name', 'isDeleted', ...read, ...deciding].map((attribute) => attribute.split(';', 1)[0] as string)
  return [...new Map(all.map((attribute) => [attribute.toLowerCase(), attribute])).values()].filter(
    (attribute) => !computed.has(attribute.toLowerCase()),
  )
}

/** Made up when somebody asks, so never changed. What they are made of is watched. */
const computed = new Set(['msds-user-account-control-computed'])

function attributesOf(filter: Filter): readonly string[] {
  if ('filters' in filter) return filter.filters.flatMap(attributesOf)
  if ('filter' in filter) return attributesOf(filter.filter)
  return filter.attribute === undefined ? [] : [filter.attribute]
}
