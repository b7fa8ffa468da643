/**
 * Vectors of requests: right ones, and ones that are wrong in one way.
 *
 * @module
 */
import { concat, sha256, toHex } from '@sallygate/base/bytes'
import { makeId, type GroupId, type InstanceId } from '@sallygate/trust'
import { setupSender } from '../../packages/envelope/src/hpke.ts'
import { requestInfo } from '../../packages/envelope/src/request-info.ts'
import { requestStatement, type RequestStatement } from '../../packages/envelope/src/request-layout.ts'
import { forgeRequest, type RequestForgery } from '../../packages/envelope/src/testing/forge.ts'
import type { RequestVector, Vector } from '../../packages/envelope/src/testing/vector.ts'
import { connectorKey, consoleSigner, issuedAt, receiver, siblingKey, statementOf, strangerSigner } from './actors.ts'

type Change = Omit<Partial<RequestForgery>, 'statement'> & { readonly statement?: Partial<RequestStatement> }

function forged(words: string, change: Change = {}): { readonly cargo: Buffer; readonly statement: RequestStatement } {
  const statement = statementOf(words, change.statement)
  const right = { to: connectorKey.publicKey, privateKey: consoleSigner.privateKey }
  return { cargo: forgeRequest({ ...right, ...change, statement }), statement }
}

const base = { kind: 'request', receiver, senders: [consoleSigner.point] } as const

function good(says: string, must: readonly string[], change: Change = {}): Vector {
  const { cargo, statement } = forged(says, change)
  const signed = toHex(requestStatement.encode(statement))
  return { ...base, says, must, stage: 'judge', expect: 'admitted', cargos: [toHex(cargo)], statement: signed }
}

/** Wrong before or in the signature. */
function unopened(
  says: string,
  must: string,
  change: Change,
  alter: (cargo: Buffer) => Uint8Array = (cargo) => cargo,
): Vector {
  const cargos = [toHex(alter(forged(says, change).cargo))]
  return { ...base, says, must: [must, 'M-E11'], stage: 'open', expect: 'ENVELOPE_CANNOT_OPEN', cargos }
}

/** Wrong in what is rightly signed, or in what the receiver holds against it. */
function refused(
  says: string,
  must: string,
  code: string,
  statement: Partial<RequestStatement>,
  held: Partial<RequestVector['receiver']> = {},
): Vector {
  const cargos = [toHex(forged(says, { statement }).cargo)]
  return {
    ...base,
    receiver: { ...receiver, ...held },
    says,
    must: [must],
    stage: 'judge',
    expect: `ENVELOPE_${code}`,
    cargos,
  }
}

const put = (at: number, hex: string) => (cargo: Buffer) => {
  cargo.set(Buffer.from(hex, 'hex'), at)
  return cargo
}
const later = (ms: number) => new Date(issuedAt.getTime() + ms)
const parametersAt = (signed: Buffer) => signed.length - '{"uid":"mara"}'.length
/** Offset of `generation` in a statement about `directory.search`. */
const generationAt = 1 + 16 + 16 + 1 + 32 + 16 + 32 + 16 + 8 + 16 + (4 + 16) + 1 + 2
const repeated = forged('delivered twice').cargo
/** The leaves of two other messages of a batch. */
const others = [1, 2].map((byte) => Buffer.alloc(32, byte))

/** Messages of one context under these numbers, in order of delivery. */
function sharing(...numbers: readonly number[]): Pick<Vector, 'cargos' | 'statement'> {
  const context = setupSender(connectorKey.publicKey, requestInfo)
  const made = numbers.map((sequence, at) =>
    forged(`of one context, ${at}`, { context, header: { sequence }, sequence }),
  )
  const last = made.at(-1)
  if (last === undefined) throw new Error('at least one')
  return {
    cargos: made.map(({ cargo }) => toHex(cargo)),
    statement: toHex(requestStatement.encode(last.statement)),
  }
}

export const requestVectors: Readonly<Record<string, Vector>> = {
  'request-good-read': good('a read request', ['M-E8', 'M-E12']),
  'request-good-set-state': good('a set-state request with its generation', ['M-E21'], {
    statement: { operation: 'exchange.allow', class: 'S', generation: 41 },
  }),
  'request-good-non-repeatable': good('a non-repeatable request with its idempotency key', ['M-E21'], {
    statement: {
      operation: 'certificates.issue',
      class: 'N',
      idempotencyKey: 'ab'.repeat(16),
      component: 'selfService',
    },
  }),
  'request-good-second-bucket': good('a request that needs the bucket of 4 KiB', ['M-E3'], {
    statement: { parameters: Buffer.alloc(2000, 'x') },
  }),
  'request-good-older-trust-set': good('a request that names an older trust set than the receiver has', ['M-E18'], {
    statement: { trustSetNumber: 6 },
  }),
  'request-good-last-of-context': good('the last number of a context', ['M-E39'], {
    header: { sequence: 255 },
    sequence: 255,
  }),
  'request-good-context': {
    ...good('the second message of a context, after the third', ['M-E39', 'M-E40']),
    ...sharing(2, 1),
  },
  'request-good-batch': good('signed with two others', ['M-E41'], { batch: { others } }),
  'request-bad-kind': unopened('the kind of a reply', 'M-E9', { header: { kind: 2 } }),
  'request-bad-version-low': unopened('version 0', 'M-E9', { header: { version: 0 } }),
  'request-bad-version-high': unopened('version 2', 'M-E9', { header: { version: 2 } }),
  'request-bad-suite': unopened('suite 0', 'M-E9', { header: { suite: 0 } }),
  'request-bad-sequence': unopened('a number beyond those of a context', 'M-E39', {
    header: { sequence: 256 },
    sequence: 256,
  }),
  'request-bad-hidden-sequence': unopened('sealed under another number than the header has', 'M-E39', { sequence: 1 }),
  'request-bad-context-number': {
    ...base,
    ...sharing(1, 1),
    says: 'two messages under one number of a context',
    must: ['M-E40', 'M-E11'],
    stage: 'open',
    expect: 'ENVELOPE_CANNOT_OPEN',
  },
  'request-bad-header-request-id': unopened('another request id in the header', 'M-E9', {
    header: { requestId: '00'.repeat(16) },
  }),
  'request-bad-key-hint': unopened('a hint of no key', 'M-E9', { header: { keyHint: Buffer.alloc(8) } }),
  'request-bad-recipient-key': unopened('sealed to another key behind the right hint', 'M-E13', {
    to: siblingKey.publicKey,
    header: { keyHint: Buffer.from(connectorKey.publicKey.digest, 'hex').subarray(0, 8) },
  }),
  'request-bad-info': unopened('sealed with the info of an enrollment', 'M-E8', { info: 'sallygate enrollment v1' }),
  'request-bad-mlkem-ciphertext': unopened('another ML-KEM ciphertext', 'M-E9', {}, put(35, 'ffff')),
  'request-bad-low-order-point': unopened('a low-order X25519 point', 'M-E6', {}, put(35 + 1088, '00'.repeat(32))),
  'request-bad-short-tag': unopened('a tag of 4 bytes, then zeros', 'M-E4', {}, (cargo) =>
    put(cargo.length - 12, '00'.repeat(12))(cargo),
  ),
  'request-bad-truncated': unopened('the last byte is missing', 'M-E3', {}, (cargo) => cargo.subarray(0, -1)),
  'request-bad-extended': unopened('one byte too many', 'M-E3', {}, (cargo) => concat(cargo, Buffer.alloc(1))),
  'request-bad-bucket': unopened('a larger bucket than needed', 'M-E3', {
    padded: (body) => concat(body, Buffer.alloc(4096 - body.length)),
  }),
  'request-bad-padding': unopened('a one in the padding', 'M-E3', {
    padded: (body) => concat(body, Buffer.alloc(1023 - body.length), Buffer.of(1)),
  }),
  'request-bad-word': unopened('direction 3', 'M-E1', { beforeSigning: put(0, '03') }),
  'request-bad-flag': unopened('2 where a flag says whether there is a generation', 'M-E1', {
    beforeSigning: put(generationAt, '02'),
  }),
  'request-bad-length': unopened('parameters of 1 GiB, by their length', 'M-E2', {
    beforeSigning: (signed) => put(parametersAt(signed) - 4, '40000000')(signed),
  }),
  'request-bad-sender': unopened('signed by a key nobody trusts, which says so', 'M-E10', {
    statement: { senderKeyId: strangerSigner.keyId },
    privateKey: strangerSigner.privateKey,
  }),
  'request-bad-signer': unopened('signed by a stranger who claims to be the console', 'M-E10', {
    privateKey: strangerSigner.privateKey,
  }),
  'request-bad-label': unopened('signed with the label of a reply', 'M-E10', { label: 'reply' }),
  'request-bad-signed-header': unopened('signed with another header', 'M-E9', { signedHeader: Buffer.alloc(35) }),
  'request-bad-empty-signature': unopened('no signature', 'M-E10', { signature: () => Buffer.alloc(0) }),
  'request-bad-zero-signature': unopened('a signature of zeros', 'M-E10', { signature: () => Buffer.alloc(64) }),
  'request-bad-statement': unopened('the last parameter byte changed after signing', 'M-E10', {
    afterSigning: (signed) => put(signed.length - 1, '5d')(signed),
  }),
  'request-bad-path': unopened('a blind without a path', 'M-E41', { path: [Buffer.alloc(32)] }),
  'request-bad-path-step': unopened('a step of the path changed', 'M-E41', {
    batch: { others, alterPath: (right) => [...right.slice(0, -1), Buffer.alloc(32)] },
  }),
  'request-bad-blind': unopened('another blind', 'M-E41', {
    batch: { others, alterPath: ([, ...steps]) => [Buffer.alloc(32), ...steps] },
  }),
  'request-bad-batch-label': unopened('the root signed with the label of a request', 'M-E41', {
    batch: { others, label: 'request' },
  }),
  'request-bad-batch-of-replies': unopened('a leaf with the label of a reply', 'M-E41', {
    label: 'reply',
    batch: { others },
  }),
  'request-refused-direction': refused('for the other direction', 'M-E13', 'WRONG_RECIPIENT', {
    direction: 'connectorToConsole',
  }),
  'request-refused-group': refused('for another group', 'M-E13', 'WRONG_RECIPIENT', { group: makeId<GroupId>() }),
  'request-refused-recipient': refused('for another instance', 'M-E13', 'WRONG_RECIPIENT', {
    recipient: makeId<InstanceId>(),
  }),
  'request-refused-key-digest': refused('for another key', 'M-E13', 'WRONG_RECIPIENT', {
    recipientKeyDigest: siblingKey.publicKey.digest,
  }),
  'request-refused-boot-nonce': refused('for an earlier run', 'M-E13', 'STALE_SESSION', { bootNonce: '00'.repeat(16) }),
  'request-refused-duplicate': {
    ...base,
    says: 'delivered twice',
    must: ['M-E14'],
    stage: 'judge',
    expect: 'ENVELOPE_DUPLICATE',
    cargos: [repeated, repeated].map(toHex),
  },
  'request-refused-expired': refused('at its deadline', 'M-E15', 'EXPIRED', {}, { now: later(10_000).toISOString() }),
  'request-refused-future': refused(
    'made more than 5 s from now',
    'M-E15',
    'FROM_THE_FUTURE',
    {},
    { now: later(-5_001).toISOString() },
  ),
  'request-refused-life': refused('a deadline more than ten minutes away', 'M-E15', 'LIVES_TOO_LONG', {
    deadline: later(600_001),
  }),
  'request-refused-trust-set-ended': refused(
    'to a receiver whose trust set has ended',
    'M-E18',
    'TRUST_SET_STALE',
    {},
    { trustSet: { ...receiver.trustSet, notAfter: receiver.now } },
  ),
  'request-refused-trust-set-behind': refused('naming a newer trust set', 'M-E18', 'TRUST_SET_BEHIND', {
    trustSetNumber: 8,
  }),
  'request-refused-suite-floor': refused(
    'below the suite that the trust set demands',
    'M-E19',
    'DOWNGRADE',
    {},
    { trustSet: { ...receiver.trustSet, suiteFloor: 2 } },
  ),
  'request-refused-table-version': refused('of another operation table', 'M-E20', 'TABLE_VERSION', { tableVersion: 2 }),
  'request-refused-operation': refused('an operation that is not in the table', 'M-E20', 'UNKNOWN_OPERATION', {
    operation: 'toString',
  }),
  'request-refused-class': refused('another class than the table has', 'M-E20', 'CLASS_MISMATCH', { class: 'J' }),
  'request-refused-no-idempotency-key': refused('class N without an idempotency key', 'M-E21', 'INCOMPLETE', {
    operation: 'certificates.issue',
    class: 'N',
  }),
  'request-refused-no-generation': refused('class S without a generation', 'M-E21', 'INCOMPLETE', {
    operation: 'exchange.allow',
    class: 'S',
  }),
  'request-refused-digest': refused('a digest of other parameters', 'M-E22', 'PARAMETER_DIGEST', {
    parameterDigest: toHex(sha256(Buffer.alloc(0))),
  }),
}
