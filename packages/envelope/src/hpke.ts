/**
 * HPKE, base mode (RFC 9180), in the one suite we use: X-Wing (0x647a),
 * HKDF-SHA256 (1), AES-256-GCM (2).
 *
 * The sequence number is given by the caller and not counted here: messages of
 * one context may arrive in any order or not at all.
 *
 * @module
 */
import { concat, encodeUtf8, fromHex, type Bytes } from '@sallygate/base/bytes'
import { KEY_LENGTH, NONCE_LENGTH, openAead, sealAead } from './aead.ts'
import { hkdfExpand, hkdfExtract } from './hkdf.ts'
import { decapsulate, encapsulate, type XWingPrivateKey, type XWingPublicKey } from './x-wing.ts'

const EXPORTER_LENGTH = 32
const empty = Buffer.alloc(0)
const versionLabel = encodeUtf8('HPKE-v1')
/** "HPKE", KEM, KDF, AEAD. */
const suiteId = concat(encodeUtf8('HPKE'), fromHex('647a00010002'))
const baseMode = Uint8Array.of(0)
const noPskIdHash = labeledExtract(empty, 'psk_id_hash', empty)

export interface HpkeContext {
  readonly key: Buffer
  readonly baseNonce: Buffer
  readonly exporterSecret: Buffer
}

export function setupSender(
  recipient: XWingPublicKey,
  info: Bytes,
): { readonly enc: Buffer; readonly context: HpkeContext } {
  const { sharedSecret, ciphertext } = encapsulate(recipient)
  return { enc: ciphertext, context: keySchedule(sharedSecret, info) }
}

/** Throws for what `decapsulate` throws for. */
export function setupReceiver(recipient: XWingPrivateKey, enc: Bytes, info: Bytes): HpkeContext {
  return keySchedule(decapsulate(recipient, enc), info)
}

export function sealHpke(context: HpkeContext, sequence: number, associated: Bytes, plaintext: Bytes): Buffer {
  return sealAead(context.key, nonceOf(context, sequence), associated, plaintext)
}

export function openHpke(context: HpkeContext, sequence: number, associated: Bytes, sealed: Bytes): Buffer {
  return openAead(context.key, nonceOf(context, sequence), associated, sealed)
}

export function exportHpke(context: HpkeContext, exporterContext: Bytes, length: number): Buffer {
  return labeledExpand(context.exporterSecret, 'sec', exporterContext, length)
}

/** X-Wing's secret goes in as it is: the combiner has already hashed it (draft 5.5), unlike RFC 9180's own KEMs. */
function keySchedule(sharedSecret: Bytes, info: Bytes): HpkeContext {
  const context = concat(baseMode, noPskIdHash, labeledExtract(empty, 'info_hash', info))
  const secret = labeledExtract(sharedSecret, 'secret', empty)
  return {
    key: labeledExpand(secret, 'key', context, KEY_LENGTH),
    baseNonce: labeledExpand(secret, 'base_nonce', context, NONCE_LENGTH),
    exporterSecret: labeledExpand(secret, 'exp', context, EXPORTER_LENGTH),
  }
}

function nonceOf(context: HpkeContext, sequence: number): Buffer {
  if (!Number.isSafeInteger(sequence) || sequence < 0) throw new RangeError('a sequence number is a safe integer')
  const nonce = Buffer.alloc(NONCE_LENGTH)
  nonce.writeBigUInt64BE(BigInt(sequence), NONCE_LENGTH - 8)
  for (const [at, byte] of context.baseNonce.entries()) nonce[at] = (nonce[at] ?? 0) ^ byte
  return nonce
}

function labeledExtract(salt: Bytes, label: string, inputKey: Bytes): Buffer {
  return hkdfExtract(salt, concat(versionLabel, suiteId, encodeUtf8(label), inputKey))
}

function labeledExpand(key: Bytes, label: string, info: Bytes, length: number): Buffer {
  const prefix = Uint8Array.of(length >> 8, length & 0xff)
  return hkdfExpand(key, concat(prefix, versionLabel, suiteId, encodeUtf8(label), info), length)
}
