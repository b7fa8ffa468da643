/**
 * Whether bytes are somewhere in the memory of a running process.
 *
 * @module
 */
import { closeSync, openSync, readFileSync, readSync } from 'node:fs'

const chunkBytes = 4 * 1024 * 1024

/** Reads every readable mapping. Needs the right to trace the process: root, or the same user where the kernel allows it. */
export function isInMemory(pid: number, needles: readonly Buffer[]): boolean {
  const overlap = Math.max(...needles.map((needle) => needle.length)) - 1
  const memory = openSync(`/proc/${pid}/mem`, 'r')
  const chunk = Buffer.alloc(chunkBytes + overlap)
  try {
    return readableRanges(pid).some(([from, to]) => {
      for (let at = from; at < to; at += chunkBytes) {
        const read = readInto(memory, chunk, at, Math.min(chunk.length, to - at))
        const seen = chunk.subarray(0, read)
        if (needles.some((needle) => seen.includes(needle))) return true
      }
      return false
    })
  } finally {
    closeSync(memory)
  }
}

function readInto(memory: number, chunk: Buffer, at: number, length: number): number {
  try {
    return readSync(memory, chunk, 0, length, at)
  } catch {
    // Guard pages and device mappings say no.
    return 0
  }
}

function readableRanges(pid: number): readonly (readonly [number, number])[] {
  return readFileSync(`/proc/${pid}/maps`, 'utf8')
    .trim()
    .split('\n')
    .filter(
      (line) =>
        line.split(' ')[1]?.startsWith('r') === true && !line.endsWith('[vvar]') && !line.endsWith('[vsyscall]'),
    )
    .map((line) => {
      const [from = '0', to = '0'] = (line.split(' ')[0] ?? '').split('-')
      return [Number.parseInt(from, 16), Number.parseInt(to, 16)] as const
    })
}

/** A text as it may lie in memory: one byte a character, two bytes, and base64 in its three alignments. */
export function spellings(text: string): readonly Buffer[] {
  const plain = Buffer.from(text, 'utf8')
  const base64 = [0, 1, 2].map((shift) => {
    const encoded = Buffer.concat([Buffer.alloc(shift), plain]).toString('base64')
    // The first and last characters depend on the neighbors.
    return Buffer.from(encoded.slice(shift === 0 ? 0 : 4, -4))
  })
  return [plain, Buffer.from(text, 'utf16le'), Buffer.from(plain.toString('hex')), ...base64]
}
