/**
 * Reads a directory through the operations of the agent, as the console does, and makes the oracle's picture of it.
 *
 * @module
 */
import { encodeJson } from '@sallygate/base/json'
import type { OperationContext, ParamsOf, ResultOf, ServiceLife } from '@sallygate/service-kit'
import {
  readSyncEntries,
  type DirectoryContract,
  type SyncEntry,
  type SyncPass,
  type SyncPosition,
} from '@sallygate/service-directory/contract'
import { testContext } from '@sallygate/testkit/service-host'
import { everybodyIn, plainName, type Picture } from './oracle.ts'

export type Started = ResultOf<DirectoryContract, 'syncStart'>
type Page = ResultOf<DirectoryContract, 'syncPage'>

/** @param limits What policy draws for the acting group. */
export function syncStart(
  life: ServiceLife,
  since?: SyncPosition,
  limits: OperationContext['limits'] = {},
): Promise<Started> {
  return life.run('syncStart', since === undefined ? {} : { since }, testContext({ limits })) as Promise<Started>
}

export interface PassRead {
  readonly entries: readonly SyncEntry[]
  readonly pages: number
  readonly containersChanged: boolean
  readonly server: string
  /** Of one page, as it travels. */
  readonly mostBytes: number
}

/** @param onPage Between two pages: what happens to a server in the middle. */
export async function readPass(
  life: ServiceLife,
  asked: Omit<ParamsOf<DirectoryContract, 'syncPage'>, 'cursor'> & { readonly pass: SyncPass },
  onPage: (page: number) => Promise<void> = () => Promise.resolve(),
): Promise<PassRead> {
  const entries: SyncEntry[] = []
  let cursor: string | undefined
  let containersChanged = false
  let mostBytes = 0
  for (let pages = 1; ; pages++) {
    const params = cursor === undefined ? asked : { ...asked, cursor }
    const page = (await life.run('syncPage', params, testContext({ deadlineMs: 60_000 }))) as Page
    entries.push(...readSyncEntries(page.entries))
    mostBytes = Math.max(mostBytes, encodeJson(page).length)
    containersChanged ||= page.containersChanged === true
    cursor = page.cursor
    if (cursor === undefined) return { entries, pages, containersChanged, server: page.server, mostBytes }
    await onPage(pages)
  }
}

/** Everything, in the oracle's terms. */
export async function readWhole(life: ServiceLife): Promise<Picture> {
  const { identity } = await syncStart(life)
  const users = (await readPass(life, { pass: 'users', identity })).entries
  const groups = (await readPass(life, { pass: 'groups', identity })).entries
  return pictureOfEntries(users, groups)
}

export function pictureOfEntries(users: readonly SyncEntry[], groups: readonly SyncEntry[]): Picture {
  const whole = [...users, ...groups].filter(({ part = 0 }) => part === 0)
  const ids = new Map(whole.map(({ key, id = '' }) => [key, id]))
  const bySid = new Map(whole.flatMap(({ sid, id = '' }) => (sid === undefined ? [] : [[sid, id] as const])))
  const direct = new Map<string, Set<string>>(groups.map(({ id = '' }) => [id, new Set()]))
  for (const { id = '', members = [] } of groups)
    for (const key of members) {
      const member = ids.get(key)
      if (member !== undefined) direct.get(id)?.add(member)
    }
  for (const { id = '', primarySid } of users) direct.get(bySid.get(primarySid ?? '') ?? '')?.add(id)
  return {
    users: Object.fromEntries(
      users.map(({ id = '', dn, fields = {}, isDisabled = false }) => [id, { dn: plainName(dn), isDisabled, fields }]),
    ),
    groups: Object.fromEntries(
      groups
        .filter(({ part = 0 }) => part === 0)
        .map(({ id = '', dn, fields = {} }) => {
          const own = [...(direct.get(id) ?? [])].toSorted()
          return [id, { dn: plainName(dn), fields, direct: own, all: everybodyIn(id, direct) }]
        }),
    ),
  }
}
