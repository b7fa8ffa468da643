/**
 * The chain of the request log: what a row's hash covers, and how a broken link is told.
 *
 * @module
 */
import { encodeUtf8, equalBytes, sha256, toHex, type Bytes } from '@sallygate/base/bytes'
import { fixed, instant, layout, optional, text, u64 } from '@sallygate/base/layout'
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

/** Where the chain stands. Left with others, it shows when a tail was cut off. */
export interface LogHead {
  readonly position: number
  readonly hash: Bytes
}

export interface LoggedRequest extends RequestRecord, LogHead {}

export type LogVerdict =
  | { readonly kind: 'intact'; readonly head: LogHead }
  | {
      readonly kind: 'broken'
      /** The first row that is not what it should be. */
      readonly position: number
      readonly reason: 'missing' | 'changed' | 'cutOff' | 'otherHistory'
    }

/** Where the chain of an installation begins; a log moved here from another one does not fit. */
export function genesisOf(installationId: string): LogHead {
  return { position: 0, hash: sha256(encodeUtf8(`sallygate request log v1\0${installationId}`)) }
}

/** @throws BASE_TOO_LARGE, BASE_MALFORMED for a record that cannot be written down. */
export function rowAfter(previous: LogHead, record: RequestRecord): Schema['requestLog'] {
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

/** @returns what is wrong with a row that should follow `previous`; `known` is its hash as left elsewhere. */
export function checkRow(
  row: Schema['requestLog'],
  previous: LogHead,
  known: Bytes | undefined,
): LogVerdict | undefined {
  const position = previous.position + 1
  if (row.position !== position) return { kind: 'broken', position, reason: 'missing' }
  const isWhole = equalBytes(row.previousHash, previous.hash) && isHashOf(row)
  if (!isWhole) return { kind: 'broken', position, reason: 'changed' }
  if (known !== undefined && !equalBytes(known, row.hash)) return { kind: 'broken', position, reason: 'otherHistory' }
  return undefined
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

function isHashOf(row: Schema['requestLog']): boolean {
  try {
    return equalBytes(row.hash, hashOf(row))
  } catch {
    // Longer or shorter than anything that was ever written.
    return false
  }
}

function hashOf(row: Omit<Schema['requestLog'], 'hash'>): Buffer {
  return sha256(
    hashed.encode({
      label: 'sallygate request log row v1',
      position: row.position,
      previousHash: row.previousHash,
      requestId: row.requestId,
      requestDigest: row.requestDigest,
      replyDigest: row.replyDigest ?? undefined,
      outcome: row.outcome,
      operation: row.operation,
      group: row.groupId,
      instance: row.instanceId ?? undefined,
      component: row.component,
      at: new Date(row.at),
    }),
  )
}

export function present(row: Schema['requestLog']): LoggedRequest {
  return {
    position: row.position,
    hash: row.hash,
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

/** How a head is written where people and connectors keep it. */
export function printHead(head: LogHead): string {
  return `${head.position}:${toHex(head.hash)}`
}
