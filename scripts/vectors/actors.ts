/**
 * Who acts in our vectors: a console, a connector, a sibling and a stranger,
 * with keys made from words.
 *
 * @module
 */
import { sha256, toHex } from '@sallygate/base/bytes'
import { exportPublicPoint, keyIdOf, type GroupId, type InstanceId } from '@sallygate/trust'
import { wordsBytes, wordsKey, type RequestVector } from '../../packages/envelope/src/testing/vector.ts'
import type { RequestStatement } from '../../packages/envelope/src/request-layout.ts'
import { importXWingPrivateKey } from '../../packages/envelope/src/x-wing.ts'

function signerOf(words: string) {
  const privateKey = wordsKey(words)
  return { privateKey, keyId: keyIdOf(privateKey), point: toHex(exportPublicPoint(privateKey)) }
}

export const consoleSigner = signerOf('console signing key')
export const instanceSigner = signerOf('instance key')
export const strangerSigner = signerOf('stranger')
export const identitySigner = signerOf('console identity key')
export const bootstrapSigner = signerOf('bootstrap key')

const xWingSeed = wordsBytes('connector encryption seed', 32)
export const connectorKey = importXWingPrivateKey(xWingSeed)
export const siblingKey = importXWingPrivateKey(wordsBytes('sibling encryption seed', 32))

const id = (words: string) => toHex(wordsBytes(words, 16))
export const group = id('group') as GroupId
export const instance = id('instance') as InstanceId
export const now = new Date('2026-11-22T12:00:01Z')
export const issuedAt = new Date('2026-11-22T12:00:00Z')

export const receiver: RequestVector['receiver'] = {
  xWingSeed: toHex(xWingSeed),
  direction: 'consoleToConnector',
  group,
  endpoint: instance,
  bootNonce: id('boot nonce'),
  now: now.toISOString(),
  trustSet: { number: 7, notAfter: '2026-11-23T11:00:00.000Z', suiteFloor: 1 },
  tableVersion: 3,
  operations: { 'directory.search': 'R', 'exchange.allow': 'S', 'certificates.issue': 'N' },
}

/** A statement that is right, but for what is given. */
export function statementOf(words: string, change: Partial<RequestStatement> = {}): RequestStatement {
  const parameters = change.parameters ?? Buffer.from('{"uid":"mara"}')
  return {
    direction: 'consoleToConnector',
    group,
    actingGroup: group,
    component: 'deviceServices',
    senderKeyId: consoleSigner.keyId,
    recipient: instance,
    recipientKeyDigest: connectorKey.publicKey.digest,
    bootNonce: receiver.bootNonce,
    trustSetNumber: 7,
    requestId: id(`request ${words}`),
    operation: 'directory.search',
    class: 'R',
    tableVersion: 3,
    generation: undefined,
    issuedAt,
    deadline: new Date(issuedAt.getTime() + 10_000),
    remainingMs: 10_000,
    idempotencyKey: undefined,
    parameterDigest: toHex(sha256(parameters)),
    parameters,
    ...change,
  }
}
