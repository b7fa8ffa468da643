/**
 * The secure channel: the file a console exports and a relay imports, once, by hand.
 *
 * It is all the relay ever trusts: its own name, and the keys of the consoles that
 * may attach and may sign admission lists. There is nothing secret in it.
 *
 * @module
 */
import { fromBase64Url, toBase64Url, type Bytes } from '@sallygate/base/bytes'
import { decodeJson, encodeJson } from '@sallygate/base/json'
import { hopFailure } from './failures.ts'
import { isId, type RelayId } from './ids.ts'
import { publicKeyFromRaw } from './keys.ts'

const format = 'sallygate-secure-channel/1'
/** A console pair during a move, twice over. */
const maxConsoles = 16

export interface SecureChannel {
  readonly relay: RelayId
  /** Raw P-256 points. */
  readonly consoles: readonly Bytes[]
}

export function encodeSecureChannel(channel: SecureChannel): Buffer {
  const { relay, consoles } = channel
  return Buffer.concat([encodeJson({ format, relay, consoles: consoles.map(toBase64Url) }), Buffer.from('\n')])
}

/** @throws HOP_BAD_SECURE_CHANNEL */
export function decodeSecureChannel(bytes: Bytes): SecureChannel {
  try {
    const body = bytes.at(-1) === 0x0a ? bytes.subarray(0, -1) : bytes
    return check(decodeJson(body, { maxBytes: 16 * 1024, maxDepth: 3 }))
  } catch (cause) {
    throw hopFailure('BAD_SECURE_CHANNEL', { cause })
  }
}

function check(value: unknown): SecureChannel {
  const { format: found, relay, consoles, ...rest } = value as Readonly<Record<string, unknown>>
  if (found !== format || Object.keys(rest).length > 0) throw new Error(`not ${format}`)
  if (typeof relay !== 'string' || !isId(relay)) throw new Error('relay is no id')
  if (!Array.isArray(consoles) || consoles.length === 0 || consoles.length > maxConsoles) throw new Error('consoles')
  return { relay, consoles: consoles.map(readKey) }
}

function readKey(text: unknown): Bytes {
  const raw = fromBase64Url(String(text))
  if (publicKeyFromRaw(raw) === undefined) throw new Error('a console key is not a P-256 point')
  return raw
}
