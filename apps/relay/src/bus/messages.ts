/**
 * What nodes say to each other. The bytes of a cargo frame are passed on unread, as everywhere.
 *
 * @module
 */
import type { Bytes } from '@sallygate/base/bytes'
import {
  bytes,
  fixed,
  flag,
  layout,
  list,
  Reader,
  text,
  u16,
  u32,
  u8,
  Writer,
  type Field,
} from '@sallygate/base/layout'
import { cargoFrameOverhead, limits } from '@sallygate/hop'

/** Longer than the longest: a whole admission list. */
export const largestMessage = limits.admissionBytes + 64 * 1024

const attachmentId = fixed(8)

/** One attachment at the node that speaks. */
const entryLayout = layout({
  /** An encoded address. */
  route: fixed(33),
  attachment: attachmentId,
  /** Since when it is there. An age, not a time: the clocks of two nodes differ. */
  ageMs: u32,
  isDraining: flag,
})

const frame = bytes(limits.cargoBytes + cargoFrameOverhead)

const table = {
  /** The first on a connection, in both directions. */
  hello: { code: 1, ...layout({ node: fixed(8), relay: fixed(16) }) },
  ping: { code: 2, ...layout({}) },
  pong: { code: 3, ...layout({}) },
  /** Everybody who is attached at this node; replaces all that was known of it. */
  presence: { code: 10, ...layout({ entries: list(entryLayout, limits.rosterEntries) }) },
  joined: { code: 11, ...layout({ entry: entryLayout }) },
  left: { code: 12, ...layout({ attachment: attachmentId }) },
  draining: { code: 13, ...layout({ attachment: attachmentId }) },
  /** For the consoles of the other node: an encoded frame. */
  handedOver: { code: 14, ...layout({ attachment: attachmentId, frame: bytes(1024) }) },
  /** A cargo frame with its sender already in it. */
  cargo: { code: 20, ...layout({ sender: attachmentId, frame }) },
  undelivered: { code: 21, ...layout({ sender: attachmentId, token: fixed(8), reason: u8 }) },
  /** The signed admission list in force at this node. */
  admission: { code: 30, ...layout({ signed: bytes(limits.admissionBytes) }) },
  /** A request of a long-poll whose session is at the other node. At first without its body: is it genuine? */
  pollAsk: {
    code: 40,
    ...layout({ id: u32, isHead: flag, path: text(512), body: bytes(limits.pollBatchBytes + 64 * 1024) }),
  },
  pollAnswer: { code: 41, ...layout({ id: u32, status: u16, body: bytes(limits.messageBytes + 64 * 1024) }) },
} as const

type Table = typeof table
type ValueOf<F> = F extends { read(from: Reader): infer T } ? T : never
type MessageOf<N extends keyof Table> = { readonly type: N } & ValueOf<Table[N]>
export type BusMessage = { readonly [N in keyof Table]: MessageOf<N> }[keyof Table]
export type BusMessageNamed<N extends keyof Table> = Extract<BusMessage, { readonly type: N }>
export type PresenceEntry = BusMessageNamed<'joined'>['entry']

const byCode = new Map(Object.entries(table).map(([name, row]) => [row.code as number, name as keyof Table]))

export function encodeMessage(message: BusMessage): Buffer {
  const to = new Writer()
  const row = table[message.type]
  to.uint(row.code, 1)
  ;(row as unknown as Field<BusMessage>).write(to, message)
  return to.finish()
}

/** @throws BASE_MALFORMED, BASE_TOO_LARGE, RangeError: whoever says this is no node of ours. */
export function decodeMessage(encoded: Bytes): BusMessage {
  const type = byCode.get(encoded[0] ?? 0)
  if (type === undefined) throw new RangeError('no message of the bus')
  const from = new Reader(encoded.subarray(1))
  const value = (table[type] as unknown as Field<object>).read(from)
  if (from.left > 0) throw new RangeError('bytes after the end of the message')
  return { type, ...value } as BusMessage
}
