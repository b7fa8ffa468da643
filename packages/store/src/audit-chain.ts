/**
 * A row of the audit log: who did what to what, and what its hash covers.
 *
 * A change has a row before it is made and one that says how it ended, so that no
 * crash leaves a change without a trace.
 *
 * @module
 */
import { encodeUtf8, sha256, type Bytes } from '@sallygate/base/bytes'
import { fixed, instant, layout, optional, text, u64 } from '@sallygate/base/layout'
import type { ChainKind, LogHead } from './hash-chain.ts'
import type { Schema } from './schema.ts'

export interface AuditRecord {
  readonly at: Date
  /** `nobody`: before anybody was proven, as with a sign-in. */
  readonly actorKind: string
  readonly actorId: string
  readonly actorName: string
  /** The address it came from. */
  readonly source: string
  readonly action: string
  readonly object: string
  readonly group?: string | undefined
  /** What the actor gave as a reason. */
  readonly note?: string | undefined
  /** `begun`, `done`, or the code of the failure it ended with. */
  readonly outcome: string
  /** On the row that says how it ended: where it began. */
  readonly begun?: number | undefined
  readonly traceId: string
  /** Of what was sent and of what was answered. */
  readonly inputDigest?: Bytes | undefined
  readonly outputDigest?: Bytes | undefined
}

export interface AuditRow extends AuditRecord, LogHead {}

const hashed = layout({
  label: text(40),
  position: u64,
  previousHash: fixed(32),
  at: instant,
  actorKind: text(40),
  actorId: text(64),
  actorName: text(256),
  source: text(64),
  action: text(200),
  object: text(2048),
  group: optional(text(64)),
  note: optional(text(1000)),
  outcome: text(100),
  begun: optional(u64),
  traceId: text(64),
  inputDigest: optional(fixed(32)),
  outputDigest: optional(fixed(32)),
})

function hashOf(row: Omit<Schema['auditLog'], 'hash'>): Buffer {
  const { previousHash } = row
  return sha256(hashed.encode({ label: 'sallygate audit row v1', previousHash, ...fieldsOf(row) }))
}

function rowAfter(previous: LogHead, record: AuditRecord): Schema['auditLog'] {
  const row = {
    position: previous.position + 1,
    at: record.at.getTime(),
    actorKind: record.actorKind,
    actorId: record.actorId,
    actorName: record.actorName,
    source: record.source,
    action: record.action,
    object: record.object,
    groupId: record.group ?? null,
    note: record.note ?? null,
    outcome: record.outcome,
    begun: record.begun ?? null,
    traceId: record.traceId,
    inputDigest: record.inputDigest ?? null,
    outputDigest: record.outputDigest ?? null,
    previousHash: previous.hash,
  }
  return { ...row, hash: hashOf(row) }
}

export function presentAudit(row: Schema['auditLog']): AuditRow {
  return { hash: row.hash, ...fieldsOf(row) }
}

/** A row as it is hashed and as it is shown: what one of the two left out could be changed unseen. */
function fieldsOf(row: Omit<Schema['auditLog'], 'hash'>) {
  const { position, actorKind, actorId, actorName, source, action, object, outcome, traceId } = row
  return {
    position,
    at: new Date(row.at),
    actorKind,
    actorId,
    actorName,
    source,
    action,
    object,
    outcome,
    traceId,
    group: row.groupId ?? undefined,
    note: row.note ?? undefined,
    begun: row.begun ?? undefined,
    inputDigest: row.inputDigest ?? undefined,
    outputDigest: row.outputDigest ?? undefined,
  }
}

export const auditChain: ChainKind<AuditRecord, Schema['auditLog']> = {
  table: 'auditLog',
  genesis: (installationId) => ({
    position: 0,
    hash: sha256(encodeUtf8(`sallygate audit log v1\0${installationId}`)),
  }),
  rowAfter,
  hashOf,
}
