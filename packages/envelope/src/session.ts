/**
 * What opens a session: the connector's hello and the console's answer.
 *
 * Both travel as parameters and payload of an ordinary request, `session.hello`,
 * so they are signed and sealed like everything else. A connector says hello
 * again when it has replaced its encryption key.
 *
 * @module
 */
import type { Bytes } from '@sallygate/base/bytes'
import { bytes, fixed, instant, layout, list, optional, text, u64, type Value } from '@sallygate/base/layout'
import { idField, type InstanceId } from '@sallygate/trust'
import { envelopeFailure } from './failures.ts'
import { hex } from './fields.ts'
import { importXWingPublicKey, XWING_PUBLIC_LENGTH, type XWingPublicKey } from './x-wing.ts'

export const SESSION_HELLO = 'session.hello'
export const SESSION_REPORT = 'session.report'

export const helloFields = {
  instance: idField<InstanceId>(),
  encryptionKey: fixed(XWING_PUBLIC_LENGTH),
  encryptionKeyDigest: hex(32),
  bootNonce: hex(16),
  software: text(40),
  abilities: list(text(64), 64),
  policyDigest: hex(32),
  tableVersion: u64,
  trustSetNumber: u64,
}
const hello = layout(helloFields)
export type Hello = Value<typeof hello>

export const helloAnswerFields = {
  bootNonce: hex(16),
  consoleTime: instant,
  settingsGeneration: u64,
  trustSet: optional(bytes(64 * 1024)),
}
const helloAnswer = layout(helloAnswerFields)
export type HelloAnswer = Value<typeof helloAnswer>

export function encodeHello(value: Omit<Hello, 'encryptionKey' | 'encryptionKeyDigest'>, key: XWingPublicKey): Buffer {
  return hello.encode({ ...value, encryptionKey: key.raw, encryptionKeyDigest: key.digest })
}

/** @throws BASE_MALFORMED, BASE_TOO_LARGE, ENVELOPE_KEY_INVALID. */
export function decodeHello(parameters: Bytes): { readonly hello: Hello; readonly publicKey: XWingPublicKey } {
  const value = hello.decode(parameters)
  const publicKey = importXWingPublicKey(value.encryptionKey)
  if (publicKey.digest !== value.encryptionKeyDigest)
    throw envelopeFailure('KEY_INVALID', { details: { of: 'digest' } })
  return { hello: value, publicKey }
}

export function encodeHelloAnswer(value: HelloAnswer): Buffer {
  return helloAnswer.encode(value)
}

/**
 * `bootNonce` is the one this process said hello with.
 *
 * @throws BASE_MALFORMED, BASE_TOO_LARGE, ENVELOPE_STALE_SESSION.
 */
export function decodeHelloAnswer(payload: Bytes, bootNonce: string): HelloAnswer {
  const value = helloAnswer.decode(payload)
  if (value.bootNonce !== bootNonce) throw envelopeFailure('STALE_SESSION')
  return value
}
