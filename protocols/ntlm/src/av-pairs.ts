/**
 * AV pairs (MS-NLMP 2.2.2.1): what a server says about itself, and what a client adds before it signs them.
 *
 * @module
 */
import { ntlmFailure } from './failures.ts'

export const avId = {
  end: 0,
  computerName: 1,
  domainName: 2,
  flags: 6,
  timestamp: 7,
  targetName: 9,
  channelBindings: 10,
} as const

/** In MsvAvFlags: the message that carries this has a message integrity code. */
export const withMic = 0x2

/** Those that are numbers have one length. */
const lengths: ReadonlyMap<number, number> = new Map([
  [avId.flags, 4],
  [avId.timestamp, 8],
])

/** In the order they came. */
export type AvPairs = ReadonlyMap<number, Buffer>

/** @throws NTLM_BAD_CHALLENGE. */
export function decodeAvPairs(bytes: Buffer): AvPairs {
  const pairs = new Map<number, Buffer>()
  for (let at = 0; at + 4 <= bytes.length;) {
    const [id, length] = [bytes.readUInt16LE(at), bytes.readUInt16LE(at + 2)]
    if (id === avId.end) return pairs
    at += 4
    if (at + length > bytes.length || pairs.has(id) || (lengths.get(id) ?? length) !== length) break
    pairs.set(id, bytes.subarray(at, at + length))
    at += length
  }
  throw ntlmFailure('BAD_CHALLENGE', { details: { reason: 'its list of target information is broken' } })
}

export function encodeAvPairs(pairs: AvPairs): Buffer {
  const parts = [...pairs].flatMap(([id, value]) => [header(id, value.length), value])
  return Buffer.concat([...parts, header(avId.end, 0)])
}

function header(id: number, length: number): Buffer {
  const bytes = Buffer.alloc(4)
  bytes.writeUInt16LE(id, 0)
  bytes.writeUInt16LE(length, 2)
  return bytes
}
