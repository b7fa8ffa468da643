/**
 * Security identifiers as text: `S-1-5-21-…` (MS-DTYP 2.4.2).
 *
 * @module
 */

/** @returns `undefined` for bytes that are none. */
export function sidText(bytes: Uint8Array): string | undefined {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const count = buffer[1]
  if (buffer[0] !== 1 || count === undefined || count > 15 || buffer.length !== 8 + 4 * count) return undefined
  const parts = Array.from({ length: count }, (_, at) => buffer.readUInt32LE(8 + 4 * at))
  return ['S', 1, buffer.readUIntBE(2, 6), ...parts].join('-')
}
