/**
 * MD4 (RFC 1320), because NTLM hashes passwords with it and no runtime offers it any more.
 *
 * Broken as a hash. It stands here for what Windows computes from a password and for nothing else.
 *
 * @module
 */

const rounds = [
  { mix: (x: number, y: number, z: number) => (x & y) | (~x & z), add: 0, shifts: [3, 7, 11, 19], order: inOrder() },
  {
    mix: (x: number, y: number, z: number) => (x & y) | (x & z) | (y & z),
    add: 0x5a827999,
    shifts: [3, 5, 9, 13],
    order: [0, 4, 8, 12, 1, 5, 9, 13, 2, 6, 10, 14, 3, 7, 11, 15],
  },
  {
    mix: (x: number, y: number, z: number) => x ^ y ^ z,
    add: 0x6ed9eba1,
    shifts: [3, 9, 11, 15],
    order: [0, 8, 4, 12, 2, 10, 6, 14, 1, 9, 5, 13, 3, 11, 7, 15],
  },
] as const

function inOrder(): readonly number[] {
  return Array.from({ length: 16 }, (_, index) => index)
}

/** @returns 16 bytes. */
export function md4(input: Uint8Array): Buffer {
  const padded = Buffer.alloc(((input.length + 8) >> 6) * 64 + 64)
  padded.set(input)
  padded[input.length] = 0x80
  padded.writeBigUInt64LE(BigInt(input.length) * 8n, padded.length - 8)
  const state = new Uint32Array([0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476])
  for (let at = 0; at < padded.length; at += 64) takeBlock(state, padded.subarray(at, at + 64))
  const digest = Buffer.alloc(16)
  for (const [index, word] of state.entries()) digest.writeUInt32LE(word, index * 4)
  return digest
}

function takeBlock(state: Uint32Array, block: Buffer): void {
  const before = Uint32Array.from(state)
  for (const { mix, add, shifts, order } of rounds) {
    for (const [step, word] of order.entries()) {
      const [a = 0, b = 0, c = 0, d = 0] = state
      const sum = (a + mix(b, c, d) + block.readUInt32LE(word * 4) + add) >>> 0
      const shift = shifts[step % 4] ?? 0
      // The four words change places at every step; RFC 1320 writes the same as sixteen lines.
      state.set([d, (sum << shift) | (sum >>> (32 - shift)), b, c])
    }
  }
  for (const [index, word] of before.entries()) state[index] = (state[index] ?? 0) + word
}
