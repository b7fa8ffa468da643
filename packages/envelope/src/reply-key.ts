/**
 * Reply keys: they come from the request, so only its two ends have them
 * (RFC 9458 4.4). Every chunk takes a fresh salt, so a key and nonce pair is
 * used once even if a process loses count.
 *
 * @module
 */
import { concat, encodeUtf8, fromHex, type Bytes } from '@sallygate/base/bytes'
import { KEY_LENGTH, NONCE_LENGTH, openAead, sealAead } from './aead.ts'
import { hkdfExpand, hkdfExtract } from './hkdf.ts'
import { exportHpke, type HpkeContext } from './hpke.ts'

const SECRET_LENGTH = 32
const keyLabel = encodeUtf8('key')
const nonceLabel = encodeUtf8('nonce')

/** `what` is `reply` or `enrollment reply`. */
export function exportReplySecret(context: HpkeContext, what: string, requestId: string): Buffer {
  return exportHpke(context, concat(encodeUtf8(`sallygate ${what} v1`), fromHex(requestId)), SECRET_LENGTH)
}

export function sealWithReplyKey(secret: Bytes, salt: string, header: Bytes, padded: Bytes): Buffer {
  const { key, nonce } = replyKey(secret, salt)
  return sealAead(key, nonce, header, padded)
}

export function openWithReplyKey(secret: Bytes, salt: string, header: Bytes, sealed: Bytes): Buffer {
  const { key, nonce } = replyKey(secret, salt)
  return openAead(key, nonce, header, sealed)
}

function replyKey(secret: Bytes, salt: string): { readonly key: Buffer; readonly nonce: Buffer } {
  const prk = hkdfExtract(fromHex(salt), secret)
  return { key: hkdfExpand(prk, keyLabel, KEY_LENGTH), nonce: hkdfExpand(prk, nonceLabel, NONCE_LENGTH) }
}
