/**
 * The words of a QR code: data and error correction (ISO/IEC 18004, byte mode, level M).
 *
 * @module
 */
/** Level M of each version: check words per block, then blocks and data words of each kind (table 9). */
export const layouts: readonly (readonly [
  check: number,
  ...blocks: readonly (readonly [count: number, words: number])[],
])[] = [
  [10, [1, 16]],
  [16, [1, 28]],
  [26, [1, 44]],
  [18, [2, 32]],
  [24, [2, 43]],
  [16, [4, 27]],
  [18, [4, 31]],
  [22, [2, 38], [2, 39]],
  [22, [3, 36], [2, 37]],
  [26, [4, 43], [1, 44]],
]

const dataCount = (version: number) => {
  const [, ...blocks] = layoutOf(version)
  return blocks.reduce((sum, [count, words]) => sum + count * words, 0)
}

export const capacity = (version: number) => dataCount(version) - (version < 10 ? 2 : 3)

function layoutOf(version: number) {
  const layout = layouts[version - 1]
  if (layout === undefined) throw new Error('no such version')
  return layout
}

/** Byte mode, length, the bytes, an end, and padding that alternates (7.4). */
export function dataWords(bytes: Uint8Array, version: number): Uint8Array {
  const bits: number[] = []
  const push = (value: number, width: number) => {
    for (let at = width - 1; at >= 0; at--) bits.push((value >> at) & 1)
  }
  push(0b0100, 4)
  push(bytes.length, version < 10 ? 8 : 16)
  for (const byte of bytes) push(byte, 8)
  const total = dataCount(version)
  push(0, Math.min(4, total * 8 - bits.length))
  while (bits.length % 8 !== 0) bits.push(0)
  const words = new Uint8Array(total)
  for (const [at, bit] of bits.entries()) words[at >> 3]! |= bit << (7 - (at & 7))
  for (let at = bits.length / 8, pad = 0xec; at < total; at++, pad ^= 0xec ^ 0x11) words[at] = pad
  return words
}

/** Splits into blocks, adds the check words of each, and deals all of them out in turn (7.6). */
export function interleave(data: Uint8Array, version: number): Uint8Array {
  const [check, ...kinds] = layoutOf(version)
  const blocks: Uint8Array[] = []
  let at = 0
  for (const [count, words] of kinds) {
    for (let n = 0; n < count; n++) blocks.push(data.subarray(at, (at += words)))
  }
  const checks = blocks.map((block) => remainder(block, check))
  const out: number[] = []
  for (let n = 0; n < Math.max(...blocks.map(({ length }) => length)); n++) {
    for (const block of blocks) if (n < block.length) out.push(block[n]!)
  }
  for (let n = 0; n < check; n++) for (const block of checks) out.push(block[n]!)
  return Uint8Array.from(out)
}

const exponents = new Uint8Array(255)

const logarithms = new Uint8Array(256)
for (let at = 0, value = 1; at < 255; at++) {
  exponents[at] = value
  logarithms[value] = at
  value = (value << 1) ^ (value >= 128 ? 0x11d : 0)
}

const times = (a: number, b: number) => (a === 0 || b === 0 ? 0 : exponents[(logarithms[a]! + logarithms[b]!) % 255]!)

/** Reed-Solomon over GF(256) with 0x11d (7.5.2). */
function remainder(block: Uint8Array, count: number): Uint8Array {
  let generator = Uint8Array.of(1)
  for (let n = 0; n < count; n++) {
    const next = new Uint8Array(generator.length + 1)
    for (const [at, factor] of generator.entries()) {
      next[at]! ^= factor
      next[at + 1]! ^= times(factor, exponents[n]!)
    }
    generator = next
  }
  const rest = new Uint8Array(block.length + count)
  rest.set(block)
  for (let at = 0; at < block.length; at++) {
    const lead = rest[at]!
    for (const [n, factor] of generator.entries()) rest[at + n]! ^= times(factor, lead)
  }
  return rest.subarray(block.length)
}
