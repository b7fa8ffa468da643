/**
 * Vectors of replies.
 *
 * @module
 */
import { concat, sha256, toHex } from '@sallygate/base/bytes'
import { replyStatement, type ReplyStatement } from '../../packages/envelope/src/reply-layout.ts'
import { forgeReply, type ReplyForgery } from '../../packages/envelope/src/testing/forge.ts'
import { wordsBytes, type ReplyVector, type Vector } from '../../packages/envelope/src/testing/vector.ts'
import { group, instance, instanceSigner, now, statementOf, strangerSigner } from './actors.ts'

const secret = wordsBytes('reply secret', 32)
const { requestId } = statementOf('that is answered')
const pending: ReplyVector['pending'] = {
  requestId,
  requestDigest: toHex(sha256(wordsBytes('request cargo', 100))),
  direction: 'consoleToConnector',
  group,
  answerer: instance,
  secret: toHex(secret),
}
const base = { kind: 'reply', pending, senders: [instanceSigner.point] } as const

type Change = Omit<Partial<ReplyForgery>, 'statement'> & { readonly statement?: Partial<ReplyStatement> }

function statement(change: Partial<ReplyStatement> = {}): ReplyStatement {
  return {
    direction: 'connectorToConsole',
    group,
    senderKeyId: instanceSigner.keyId,
    sender: instance,
    requestId,
    requestDigest: pending.requestDigest,
    chunk: 0,
    isLast: true,
    outcome: 'done',
    journalPosition: undefined,
    issuedAt: now,
    payload: Buffer.from('{"entries":[]}'),
    ...change,
  }
}

function forged(change: Change = {}): string {
  const right = { secret, privateKey: instanceSigner.privateKey }
  return toHex(forgeReply({ ...right, ...change, statement: statement(change.statement) }))
}

function good(says: string, must: readonly string[], ...chunks: readonly Partial<ReplyStatement>[]): Vector {
  const signed = toHex(replyStatement.encode(statement(chunks.at(-1))))
  const cargos = chunks.map((chunk) => forged({ statement: chunk }))
  return { ...base, says, must, stage: 'judge', expect: 'complete', cargos, statement: signed }
}

function unopened(says: string, must: string, change: Change): Vector {
  return {
    ...base,
    says,
    must: [must, 'M-E11'],
    stage: 'open',
    expect: 'ENVELOPE_CANNOT_OPEN',
    cargos: [forged(change)],
  }
}

function refused(says: string, must: string, code: string, ...chunks: readonly Change[]): Vector {
  return { ...base, says, must: [must], stage: 'judge', expect: `ENVELOPE_${code}`, cargos: chunks.map(forged) }
}

const empty = Buffer.alloc(0)
/** The leaves of two other messages of a batch. */
const others = [1, 2].map((byte) => Buffer.alloc(32, byte))
const accepted = { outcome: 'accepted', isLast: false, payload: empty } as const
const mismatch = (says: string, change: Partial<ReplyStatement>) =>
  refused(`a genuine signature over another ${says}`, 'M-E25', 'REPLY_MISMATCH', {
    statement: change,
    header: { requestId, chunk: 0 },
  })

export const replyVectors: Readonly<Record<string, Vector>> = {
  'reply-good-single': good('a reply of one chunk', ['M-E24', 'M-E25'], {}),
  'reply-good-accepted': good(
    'accepted, then done',
    ['M-E26', 'M-E28'],
    { ...accepted, journalPosition: 5 },
    { chunk: 1, journalPosition: 6 },
  ),
  'reply-good-reordered': good(
    'three chunks, the last one first',
    ['M-E26'],
    { chunk: 2 },
    { chunk: 0, isLast: false },
    { chunk: 1, isLast: false },
  ),
  'reply-good-not-started': good('not started', ['M-E23'], {
    outcome: 'notStarted',
    payload: Buffer.from('{"code":"ENVELOPE_TABLE_VERSION"}'),
  }),
  'reply-bad-kind': unopened('the kind of a request', 'M-E9', { header: { kind: 1 } }),
  'reply-bad-version': unopened('version 2', 'M-E9', { header: { version: 2 } }),
  'reply-bad-suite': unopened('suite 2', 'M-E9', { header: { suite: 2 } }),
  'reply-bad-secret': unopened('sealed under the secret of another request', 'M-E24', {
    secret: wordsBytes('another secret', 32),
  }),
  'reply-bad-request-id': unopened('another request id in the header', 'M-E25', {
    header: { requestId: '00'.repeat(16) },
  }),
  'reply-bad-signer': unopened('signed by somebody else', 'M-E10', { privateKey: strangerSigner.privateKey }),
  'reply-bad-label': unopened('signed with the label of a request', 'M-E10', { label: 'request' }),
  'reply-bad-empty-signature': unopened('no signature', 'M-E10', { signature: () => empty }),
  'reply-bad-path': unopened('a blind without a path', 'M-E41', { path: [Buffer.alloc(32)] }),
  'reply-bad-path-step': unopened('a step of the path changed', 'M-E41', {
    batch: { others, alterPath: (right) => [...right.slice(0, -1), Buffer.alloc(32)] },
  }),
  'reply-bad-batch-of-requests': unopened('a leaf with the label of a request', 'M-E41', {
    label: 'request',
    batch: { others },
  }),
  'reply-bad-bucket': unopened('a larger bucket than needed', 'M-E3', {
    padded: (body) => concat(body, Buffer.alloc(4096 - body.length)),
  }),
  'reply-refused-direction': mismatch('direction', { direction: 'consoleToConnector' }),
  'reply-refused-group': mismatch('group', { group: '00'.repeat(16) as typeof group }),
  'reply-refused-sender': mismatch('sender', { sender: '00'.repeat(16) as typeof instance }),
  'reply-refused-request-id': mismatch('request id', { requestId: '00'.repeat(16) }),
  'reply-refused-request-digest': mismatch('request digest', { requestDigest: '00'.repeat(32) }),
  'reply-refused-chunk': mismatch('chunk number', { chunk: 1 }),
  'reply-refused-two-outcomes': refused(
    'two outcomes',
    'M-E28',
    'REPLY_CONFLICT',
    { statement: { isLast: false } },
    { statement: { chunk: 1, outcome: 'failed' } },
  ),
  'reply-refused-after-last': refused(
    'a chunk after the last',
    'M-E28',
    'REPLY_CONFLICT',
    { statement: { chunk: 1 } },
    { statement: { chunk: 2 } },
  ),
  'reply-refused-accepted-last': refused('accepted as the last word', 'M-E28', 'REPLY_CONFLICT', {
    statement: { ...accepted, isLast: true },
  }),
  'reply-refused-chunk-number': refused('chunk 1024', 'M-E27', 'REPLY_TOO_LARGE', {
    statement: { chunk: 1024, isLast: false },
  }),
}
