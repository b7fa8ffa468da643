/**
 * What an errand becomes before it is signed: the statement's fields, to whom, and the times that are said.
 *
 * @module
 */
import type { RequestDraft } from '@sallygate/envelope'
import { TABLE_VERSION } from '@sallygate/service-kit'
import type { GroupId, InstanceId } from '@sallygate/trust'
import type { Session } from '../connectors/sessions.ts'
import type { Errand } from './carrier.ts'

/** What the way back may take of an attempt's time: the connector is told to be done a little earlier. */
const wayBackMs = 250

export function draftOf(errand: Errand, session: Session, issuedAt: Date, withinMs: number): RequestDraft {
  const lifeMs = Math.max(1, Math.floor(withinMs - Math.min(wayBackMs, withinMs / 10)))
  return {
    direction: 'consoleToConnector',
    group: errand.group as GroupId,
    actingGroup: errand.actingGroup as GroupId,
    component: errand.component,
    // The one it holds: a newer one that it has yet to get would have it refuse.
    trustSetNumber: session.trustSetNumber,
    operation: errand.operation,
    class: errand.class,
    tableVersion: TABLE_VERSION,
    generation: errand.generation,
    issuedAt,
    deadline: new Date(issuedAt.getTime() + lifeMs),
    idempotencyKey: errand.idempotencyKey,
    parameters: errand.parameters,
  }
}

/**
 * How long the relay may keep a request, in few steps: the exact time would tell it which operation this is. The true
 * deadline is inside the seal, and a request that comes after it is refused.
 */
export function shownTtlMs(withinMs: number): number {
  return [60_000, 600_000].find((step) => withinMs <= step) ?? 3_600_000
}

export function recipientOf(session: Session) {
  return { endpoint: session.instance as InstanceId, publicKey: session.encryptionKey, bootNonce: session.bootNonce }
}
