/**
 * The audit trail: a row before a change is made and one that says how it ended.
 *
 * It stands around every row of the route table that is not a GET; a row that changes
 * nothing says so itself. What cannot be written down is not done. Where nobody has
 * been proven, only what was done gets a row: a stranger must not be able to fill a log
 * that nothing is ever removed from.
 *
 * @module
 */
import type { Clock } from '@sallygate/base/clock'
import { Failure } from '@sallygate/base/failure'
import type { Log } from '@sallygate/base/log'
import type { AuditRecord, Store } from '@sallygate/store'
import type { Answer, Around, Asked } from '../http/around.ts'
import { asFailure } from '../http/problem.ts'
import { actionOf, madeObject, noteOf, objectOf } from './action.ts'
import type { AuditDigest } from './audit-digests.ts'
import type { GroupConcerned } from './group-concerned.ts'

export interface AuditTrailParts {
  readonly store: Pick<Store, 'auditLog'>
  readonly clock: Clock
  readonly log: Log
  readonly digest: AuditDigest
  readonly groupOf: GroupConcerned
}

export function auditTrail(parts: AuditTrailParts): Around {
  return async (asked, run) => {
    if (!asked.route.changes(asked.call.body)) return run()
    const record = await recordOf(parts, asked)
    return asked.call.actor === undefined ? unproven(parts, record, run) : proven(parts, record, run)
  }
}

async function proven(parts: AuditTrailParts, record: AuditRecord, run: () => Promise<Answer>): Promise<Answer> {
  const { auditLog } = parts.store
  const { position: begun } = await auditLog.append(record)
  const ended = (outcome: string, more: Partial<AuditRecord> = {}) =>
    auditLog.append({ ...record, ...more, at: parts.clock.now(), note: undefined, begun, outcome })
  let answer: Answer
  try {
    answer = await run()
  } catch (error) {
    // The row that says it began is there; the client is to hear of the first failure and not of the second.
    await ended(codeOf(error)).catch((lost: unknown) => parts.log.error('end of a change not written', { error: lost }))
    throw error
  }
  // The change is made. A client that is told otherwise would make it again, so this failure is for the log only.
  await ended('done', outputOf(parts, record, answer)).catch((lost: unknown) =>
    parts.log.error('end of a change not written', { action: record.action, error: lost }),
  )
  return answer
}

async function unproven(parts: AuditTrailParts, record: AuditRecord, run: () => Promise<Answer>): Promise<Answer> {
  const answer = await run()
  await parts.store.auditLog.append({
    ...record,
    // What came in without an account of its own: a device, whose group is known from now on.
    group: record.group ?? (await parts.groupOf({ device: deviceIn(answer.body) })),
    ...outputOf(parts, record, answer),
    ...whoOf(answer),
    outcome: 'done',
  })
  return answer
}

function deviceIn(body: unknown): unknown {
  return (body as { readonly device?: unknown } | null | undefined)?.device
}

/** Somebody who was nobody when he asked, and is told in the answer who he is. The name of the account, not what was typed. */
function whoOf({ body }: Answer): Partial<AuditRecord> {
  const { admin } = (body ?? {}) as { readonly admin?: { readonly id?: unknown; readonly name?: unknown } }
  if (typeof admin?.id !== 'string' || typeof admin.name !== 'string') return {}
  return { actorKind: 'admin', actorId: admin.id.slice(0, 64), actorName: cut(admin.name) }
}

function outputOf({ digest }: AuditTrailParts, { object }: AuditRecord, { body }: Answer): Partial<AuditRecord> {
  return { object: madeObject(object, body), outputDigest: digest(body) }
}

async function recordOf(parts: AuditTrailParts, { route, call, source }: Asked): Promise<AuditRecord> {
  const { actor, params, body, traceId } = call
  return {
    at: parts.clock.now(),
    actorKind: actor?.kind ?? 'nobody',
    actorId: actor?.id.slice(0, 64) ?? '',
    actorName: cut(actor?.name ?? ''),
    source: source.slice(0, 64),
    action: actionOf(route),
    object: objectOf(route, params),
    group: (await parts.groupOf(params)) ?? (await parts.groupOf({ device: deviceIn(body) })),
    note: route.notes?.(body).slice(0, 240) ?? noteOf(body),
    outcome: 'begun',
    traceId,
    inputDigest: body === undefined ? undefined : parts.digest(body),
  }
}

/** Bytes are what is bounded, and a character has up to four. */
function cut(text: string): string {
  return Buffer.byteLength(text) <= 256 ? text : text.slice(0, 64)
}

function codeOf(error: unknown): string {
  return (error instanceof Failure ? error : asFailure(error)).code.slice(0, 100)
}
