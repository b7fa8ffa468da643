/**
 * Reading by DirSync: which objects of a naming context have changed since a cookie, and the next cookie.
 *
 * What it says of an object is not used but for its identifier: of an object it names only
 * what has changed, and which values count is for the settings. Who has changed is read
 * again, whole, as in every other run.
 *
 * @module
 */
import {
  dirSync,
  dirSyncFlags,
  readDirSync,
  resultCodes,
  type Filter,
  type LdapResult,
  type SearchEntry,
} from '@sallygate/protocol-ldap'
import type { OperationContext } from '@sallygate/service-kit'
import { directoryFailure } from '../contract.ts'
import { failureOf, translate } from './answers.ts'
import type { Connection } from './connections.ts'
import { within } from './deadline.ts'
import type { Dialer } from './dial.ts'

/** Only what the account may read, so that it needs no right to replicate; of members only who came and went. */
const flags = dirSyncFlags.objectSecurity | dirSyncFlags.ancestorsFirst | dirSyncFlags.incrementalValues
const maxBytes = 1024 * 1024
/** Answers to one question. Of a megabyte each, that is more than any directory has. */
const maxAnswers = 20_000

export interface DirSyncQuestion {
  /** The root of a naming context: servers know no other place to begin. */
  readonly context: string
  readonly cookie: Uint8Array
  readonly filter: () => Filter
  /** What counts as a change. */
  readonly attributes: readonly string[]
}

/**
 * Reads to the end.
 *
 * @returns the cookie to go on from.
 * @throws DIRECTORY_DIRSYNC_NOT_ALLOWED, _DIRSYNC_NOT_OFFERED (also for a cookie that the server cannot read),
 * _SYNC_CUT_SHORT, and what a search throws.
 */
export async function readByDirSync(
  { plan, host }: Dialer,
  { session, label }: Connection,
  context: OperationContext,
  { context: base, cookie: from, filter, attributes }: DirSyncQuestion,
  onEntry: (entry: SearchEntry) => void,
): Promise<Uint8Array> {
  const { operationTimeoutMs, maxBytes: mostBytes } = plan.settings
  const cutShort = (result: number | string) =>
    directoryFailure('SYNC_CUT_SHORT', { details: { server: label, result } })
  let cookie = from
  for (let answers = 0; answers < maxAnswers; answers++) {
    const request = {
      base,
      scope: 'subtree' as const,
      sizeLimit: 0,
      timeLimitSeconds: Math.ceil(operationTimeoutMs / 1000),
      typesOnly: false,
      filter: filter(),
      attributes,
    }
    const bounds = { maxEntries: 1_000_000, maxBytes: mostBytes }
    const answer = await within(host.clock, context, operationTimeoutMs, (signal) =>
      session.search(request, [dirSync({ flags, maxBytes, cookie })], bounds, signal, onEntry),
    ).catch((error: unknown) => {
      throw translate(error, label)
    })
    if (answer.result.code !== resultCodes.success) throw dirSyncFailureOf(answer.result, label)
    const state = readDirSync(answer.controls)
    // It answered as if it had not been asked for: what came is everything, or nothing, and not what has changed.
    if (state === undefined || state.cookie.length === 0)
      throw directoryFailure('DIRSYNC_NOT_OFFERED', { details: { server: label } })
    if (!state.isMore) return state.cookie
    if (Buffer.from(cookie).equals(state.cookie)) throw cutShort('a cookie that repeats itself')
    cookie = state.cookie
  }
  throw cutShort('answers without end')
}

function dirSyncFailureOf(result: LdapResult, server: string) {
  const code =
    result.code === resultCodes.insufficientAccessRights
      ? 'DIRSYNC_NOT_ALLOWED'
      : result.code === resultCodes.unavailableCriticalExtension
        ? 'DIRSYNC_NOT_OFFERED'
        : undefined
  if (code === undefined) return failureOf(result, server)
  return directoryFailure(code, { details: { server, said: result.diagnostic.slice(0, 200) } })
}
