/**
 * A row of the request log: what it says, and what its hash covers.
 *
 * @module
 */
import { encodeUtf8, sha256, type Bytes } from '@sallygate/base/bytes'
import { fixed, instant, layout, optional, text, u64 } from '@sallygate/base/layout'
import type { ChainKind, LogHead } from './hash-chain.ts'
import type { Schema } from './schema.ts'

export interface RequestRecord {
  readonly requestId: string
  readonly requestDigest: Bytes
  /** Absent when no answer came. */
  readonly replyDigest?: Bytes | undefined
  readonly outcome: string
  readonly operation: string
  readonly group: string
  readonly instance?: string | undefined
  readonly component: string
  readonly at: Date
}

export interface LoggedRequest extends RequestRecord, LogHead {}

function genesisOf(installationId: string): LogHead {
  return { position: 0, hash: sha256(encodeUtf8(`sallygate request log v1\0${installationId}`)) }
}

function rowAfter(previous: LogHead, record: RequestRecord): Schema['requestLog'] {
  const row = {
    position: previous.position + 1,
    requestId: record.requestId,
    requestDigest: record.requestDigest,
    replyDigest: record.replyDigest ?? null,
    outcome: record.outcome,
    operation: record.operation,
    groupId: record.group,
    instanceId: record.instance ?? null,
    component: record.component,
    at: record.at.getTime(),
    previousHash: previous.hash,
  }
  return { ...row, hash: hashOf(row) }
}

const hashed = layout({
  label: text(40),
  position: u64,
  previousHash: fixed(32),
  requestId: text(64),
  requestDigest: fixed(32),
  replyDigest: optional(fixed(32)),
  outcome: text(64),
  operation: text(64),
  group: text(64),
  instance: optional(text(64)),
  component: text(64),
  at: instant,
})

function hashOf(row: Omit<Schema['requestLog'], 'hash'>): Buffer {
  const { previousHash } = row
  return sha256(hashed.encode({ label: 'sallygate request log row v1', previousHash, ...fieldsOf(row) }))
}

export function present(row: Schema['requestLog']): LoggedRequest {
  return { hash: row.hash, ...fieldsOf(row) }
}

/** A row as it is hashed and as it is shown: what one of the two left out could be changed unseen. */
function fieldsOf(row: Omit<Schema['requestLog'], 'hash'>) {
  return {
    position: row.position,
    requestId: row.requestId,
    requestDigest: row.requestDigest,
    replyDigest: row.replyDigest ?? undefined,
    outcome: row.outcome,
    operation: row.operation,
    group: row.groupId,
    instance: row.instanceId ?? undefined,
    component: row.component,
    at: new Date(row.at),
  }
}

export const requestChain: ChainKind<RequestRecord, Schema['requestLog']> = {
  table: 'requestLog',
  genesis: genesisOf,
  rowAfter,
  hashOf,
}
