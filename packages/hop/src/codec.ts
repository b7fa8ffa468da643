/**
 * Bytes to frames and back, from the one table.
 *
 * Decoding is the relay's first contact with a stranger's bytes: it answers with a
 * frame or with HOP_BAD_FRAME, and never with anything else.
 *
 * @module
 */
import type { Bytes } from '@sallygate/base/bytes'
import { Reader, Writer, type Field } from '@sallygate/base/layout'
import { hopFailure } from './failures.ts'
import { frameTable, type Frame, type FrameName, type PeerFrame, type RelayFrame, type Sender } from './frames.ts'

interface Row {
  readonly name: FrameName
  readonly code: number
  readonly from: Sender
  readonly field: Field<object>
}

const rows = new Map<string, Row>()
const rowsByCode = new Map<number, Row>()
for (const [name, { code, from, ...field }] of Object.entries(frameTable)) {
  const row = { name: name as FrameName, code, from, field: field as unknown as Field<object> }
  if (rowsByCode.has(code)) throw new Error(`frames ${name} and ${rowsByCode.get(code)?.name ?? ''} share a type byte`)
  rows.set(name, row)
  rowsByCode.set(code, row)
}

/** @throws BASE_MALFORMED, BASE_TOO_LARGE when our own side made a frame that has no encoding. */
export function encodeFrame(frame: Frame): Buffer {
  const row = rows.get(frame.type)
  if (row === undefined) throw new Error(`no frame is called ${String(frame.type)}`)
  const to = new Writer()
  to.uint(row.code, 1)
  row.field.write(to, frame)
  return to.finish()
}

/**
 * Byte fields of the result are views of `bytes`.
 *
 * @param sender Who sent it. A frame that this side never sends is a bad frame.
 * @throws HOP_BAD_FRAME
 */
export function decodeFrame(bytes: Bytes, sender: 'peer'): PeerFrame
export function decodeFrame(bytes: Bytes, sender: 'relay'): RelayFrame
export function decodeFrame(bytes: Bytes, sender: 'peer' | 'relay'): Frame {
  const row = bytes[0] === undefined ? undefined : rowsByCode.get(bytes[0])
  if (row === undefined || (row.from !== sender && row.from !== 'both')) {
    throw hopFailure('BAD_FRAME', { details: { type: bytes[0] ?? 'none', sender } })
  }
  try {
    const from = new Reader(bytes.subarray(1))
    const value = row.field.read(from)
    if (from.left > 0) throw new RangeError('bytes after the end of the frame')
    return { type: row.name, ...value } as Frame
  } catch (cause) {
    throw hopFailure('BAD_FRAME', { cause, details: { type: row.name, sender } })
  }
}
