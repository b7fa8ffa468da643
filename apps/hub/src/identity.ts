/**
 * The hub's identity: an Ed25519 key made on this machine, that never leaves it.
 *
 * @module
 */
import { createPrivateKey, createPublicKey, generateKeyPairSync, sign, type KeyObject } from 'node:crypto'
import { readPrivateFile, writeFileAtomic } from '@sallygate/base/file'
import { hubFailure } from './failures.ts'

export interface Identity {
  /** The 32 bytes of the public key (RFC 8032). */
  readonly publicKey: Buffer
  sign(text: string): Buffer
}

export function makeIdentity(path: string): Identity {
  const { privateKey } = generateKeyPairSync('ed25519')
  writeFileAtomic(path, privateKey.export({ type: 'pkcs8', format: 'pem' }))
  return identityOf(privateKey)
}

/** @throws FILE_MISSING, FILE_NOT_PRIVATE, HUB_STATE_DAMAGED. */
export function readIdentity(path: string): Identity {
  const pem = readPrivateFile(path)
  try {
    const key = createPrivateKey(pem)
    if (key.asymmetricKeyType === 'ed25519') return identityOf(key)
  } catch (cause) {
    throw hubFailure('STATE_DAMAGED', { cause, details: { path } })
  }
  throw hubFailure('STATE_DAMAGED', { details: { path } })
}

function identityOf(privateKey: KeyObject): Identity {
  const der = createPublicKey(privateKey).export({ type: 'spki', format: 'der' })
  return {
    // RFC 8410: what is before the last 32 bytes is the same for every key.
    publicKey: der.subarray(-32),
    sign: (text) => sign(null, Buffer.from(text, 'utf8'), privateKey),
  }
}
