/**
 * Verifiers: what nac keeps in place of a password. argon2id, nothing else.
 *
 * The console makes them and nac checks them, so both ends are here. The cost is
 * stated in the verifier and bounded: a forged one must not be able to ask for a
 * gigabyte.
 *
 * @module
 */
import { argon2 } from 'node:crypto'
import { encodeUtf8, equalBytes, randomBytes, type Bytes } from '@sallygate/base/bytes'
import { baseFailure } from '@sallygate/base/failures'
import type { Secret } from '@sallygate/base/secret'

interface Cost {
  readonly memory: number
  readonly passes: number
  readonly parallelism: number
}

/** OWASP's smallest for argon2id; about 20 ms on one core. */
const cost: Cost = { memory: 19 * 1024, passes: 2, parallelism: 1 }
const most: Cost = { memory: 128 * 1024, passes: 8, parallelism: 4 }

const maxSecretBytes = 1024
const shape = /^\$argon2id\$v=19\$m=(\d{1,7}),t=(\d{1,2}),p=(\d)\$([A-Za-z0-9+/]{22,86})\$([A-Za-z0-9+/]{43})$/

/** @throws BASE_TOO_LARGE for an empty secret and for one of more than 1024 bytes. */
export async function makeVerifier(secret: Secret): Promise<string> {
  const message = messageOf(secret)
  if (message === undefined) throw baseFailure('TOO_LARGE', { details: { limit: maxSecretBytes } })
  const salt = randomBytes(16)
  const { memory, passes, parallelism } = cost
  const tag = await derive(message, salt, cost)
  return `$argon2id$v=19$m=${memory},t=${passes},p=${parallelism}$${base64(salt)}$${base64(tag)}`
}

/** False for a secret of impossible length, at no cost. @throws BASE_MALFORMED for what is no verifier. */
export async function checkVerifier(secret: Secret, verifier: string): Promise<boolean> {
  const [, m, t, p, salt = '', tag = ''] = shape.exec(verifier) ?? []
  const stated: Cost = { memory: Number(m), passes: Number(t), parallelism: Number(p) }
  const isSane = stated.memory <= most.memory && stated.passes <= most.passes && stated.parallelism <= most.parallelism
  if (!isSane) throw baseFailure('MALFORMED', { details: { expected: 'a verifier' } })
  const message = messageOf(secret)
  if (message === undefined) return false
  return equalBytes(await derive(message, Buffer.from(salt, 'base64'), stated), Buffer.from(tag, 'base64'))
}

/** Unicode's composed form: a keyboard that sends combining accents types the same password as one that does not. */
function messageOf(secret: Secret): Buffer | undefined {
  const typed = secret.reveal()
  if (typed.length > maxSecretBytes || !typed.isWellFormed()) return undefined
  const composed = encodeUtf8(typed.normalize('NFC'))
  if (composed.length === 0 || composed.length > maxSecretBytes) return undefined
  return Buffer.concat([encodeUtf8('sallygate nac secret v1\0'), composed])
}

function derive(message: Bytes, nonce: Bytes, parameters: Cost): Promise<Buffer> {
  return new Promise((resolve, reject) =>
    argon2('argon2id', { message, nonce, tagLength: 32, ...parameters }, (error, tag) =>
      error === null ? resolve(tag) : reject(error),
    ),
  )
}

function base64(data: Bytes): string {
  return Buffer.from(data).toString('base64').replaceAll('=', '')
}
