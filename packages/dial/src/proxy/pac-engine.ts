/**
 * The engine that PAC files run in, with a ceiling on its memory built into the module.
 *
 * The engine's own limit does not count large blocks (quickjs-wasi 2.2.0: strings of half a
 * megabyte went past it until four gigabytes were gone), so the ceiling stands where nothing
 * inside can pass it: in the declaration of the memory. (proxy-parts.test.ts)
 *
 * @module
 */
import { readFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'

/** 64 KiB each: 16 MiB. */
const maxPages = 256
const headerBytes = 8
const memorySection = 5

/** The module, to be compiled. */
export async function pacEngine(): Promise<Buffer<ArrayBuffer>> {
  const folder = dirname(createRequire(import.meta.url).resolve('quickjs-wasi/package.json'))
  return withCeiling(await readFile(join(folder, 'quickjs.wasm')))
}

/** Gives the one memory of a module a largest size. WebAssembly core specification, 5.5.8. */
function withCeiling(module: Buffer): Buffer<ArrayBuffer> {
  for (let at = headerBytes; at < module.length;) {
    const [length, start] = readNumber(module, at + 1)
    const end = start + length
    if (module[at] === memorySection) {
      const [count, flagsAt] = readNumber(module, start)
      const [least, limitsEnd] = readNumber(module, flagsAt + 1)
      // One memory, no largest size: anything else is another engine than the one this was written for.
      if (count !== 1 || module[flagsAt] !== 0 || limitsEnd !== end) break
      const limits = Buffer.from([1, 1, ...number(least), ...number(maxPages)])
      const section = [Buffer.from([memorySection, ...number(limits.length)]), limits]
      return Buffer.concat([module.subarray(0, at), ...section, module.subarray(end)])
    }
    at = end
  }
  throw new Error('the engine declares its memory in another way than it did')
}

/** LEB128, unsigned. @returns the value, and where it ends. */
function readNumber(bytes: Buffer, from: number): readonly [number, number] {
  let value = 0
  for (let at = from, shift = 0; ; at++, shift += 7) {
    const byte = bytes[at] ?? 0
    value |= (byte & 0x7f) << shift
    if (byte < 0x80) return [value, at + 1]
  }
}

function number(value: number): readonly number[] {
  return value < 0x80 ? [value] : [(value & 0x7f) | 0x80, ...number(value >>> 7)]
}
