/**
 * QR codes (ISO/IEC 18004): bytes, error correction level M, versions 1 to 10. Up to 213 bytes.
 *
 * Enough for the key of an authenticator app, and nothing else: no kanji, no structured append.
 *
 * @module
 */
import { layouts, capacity, dataWords, interleave } from './qr-words.ts'
import { masks, penalty } from './qr-masks.ts'

/** Rows of modules; `true` is dark. Without the quiet zone around it. */
export type Modules = readonly (readonly boolean[])[]

/** Centers of the alignment patterns of each version (annex E). */
const alignments: readonly (readonly number[])[] = [
  [],
  [6, 18],
  [6, 22],
  [6, 26],
  [6, 30],
  [6, 34],
  [6, 22, 38],
  [6, 24, 42],
  [6, 26, 46],
  [6, 28, 50],
]

/** @returns `undefined` where the text does not fit. */
export function qrCode(text: string): Modules | undefined {
  const bytes = new TextEncoder().encode(text)
  const version = layouts.findIndex((_, index) => bytes.length <= capacity(index + 1)) + 1
  if (version === 0) return undefined
  const grid = new Grid(version)
  grid.place(interleave(dataWords(bytes, version), version))
  return grid.masked()
}

class Grid {
  readonly #version: number
  readonly #size: number
  readonly #dark: boolean[][]
  /** Patterns that carry no data, and are not masked. */
  readonly #isFixed: boolean[][]

  constructor(version: number) {
    this.#version = version
    this.#size = 17 + 4 * version
    const empty = () => Array.from({ length: this.#size }, () => Array<boolean>(this.#size).fill(false))
    this.#dark = empty()
    this.#isFixed = empty()
    this.#drawPatterns()
  }

  #set(row: number, column: number, isDark: boolean): void {
    if (row < 0 || column < 0 || row >= this.#size || column >= this.#size) return
    this.#dark[row]![column] = isDark
    this.#isFixed[row]![column] = true
  }

  #drawPatterns(): void {
    const end = this.#size - 7
    for (let at = 0; at < this.#size; at++) {
      this.#set(6, at, at % 2 === 0)
      this.#set(at, 6, at % 2 === 0)
    }
    for (const [top, left] of [
      [0, 0],
      [0, end],
      [end, 0],
    ] as const) {
      for (let i = -1; i <= 7; i++) {
        for (let j = -1; j <= 7; j++) {
          const ring = Math.max(Math.abs(i - 3), Math.abs(j - 3))
          this.#set(top + i, left + j, ring !== 2 && ring !== 4)
        }
      }
    }
    const centers = alignments[this.#version - 1] ?? []
    const last = centers.at(-1)
    for (const row of centers) {
      for (const column of centers) {
        if ((row === 6 && (column === 6 || column === last)) || (row === last && column === 6)) continue
        for (let i = -2; i <= 2; i++) {
          for (let j = -2; j <= 2; j++) this.#set(row + i, column + j, Math.max(Math.abs(i), Math.abs(j)) !== 1)
        }
      }
    }
    this.#drawFormat(0)
    if (this.#version >= 7) this.#drawVersion()
  }

  /** Level M is 00; a BCH code protects it and the mask (7.9). */
  #drawFormat(mask: number): void {
    let rest = mask << 10
    for (let at = 14; at >= 10; at--) if ((rest >> at) & 1) rest ^= 0x537 << (at - 10)
    const bits = ((mask << 10) | rest) ^ 0x5412
    const isSet = (at: number) => ((bits >> at) & 1) === 1
    for (let at = 0; at < 15; at++) {
      const near = at < 6 ? at : at < 8 ? at + 1 : this.#size - 15 + at
      this.#set(near, 8, isSet(at))
      const far = at < 8 ? this.#size - 1 - at : at < 9 ? 15 - at : 14 - at
      this.#set(8, far, isSet(at))
    }
    this.#set(this.#size - 8, 8, true)
  }

  #drawVersion(): void {
    let rest = this.#version << 12
    for (let at = 17; at >= 12; at--) if ((rest >> at) & 1) rest ^= 0x1f25 << (at - 12)
    const bits = (this.#version << 12) | rest
    for (let at = 0; at < 18; at++) {
      const [far, near] = [this.#size - 11 + (at % 3), Math.floor(at / 3)]
      this.#set(far, near, ((bits >> at) & 1) === 1)
      this.#set(near, far, ((bits >> at) & 1) === 1)
    }
  }

  /** Two columns at a time from the right, up and down in turn (7.7.3). */
  place(words: Uint8Array): void {
    let at = 0
    for (let right = this.#size - 1; right >= 1; right -= 2) {
      if (right === 6) right = 5
      const isUp = ((right + 1) & 2) === 0
      for (let n = 0; n < this.#size; n++) {
        const row = isUp ? this.#size - 1 - n : n
        for (const column of [right, right - 1]) {
          if (this.#isFixed[row]![column] === true) continue
          this.#dark[row]![column] = at < words.length * 8 && ((words[at >> 3]! >> (7 - (at & 7))) & 1) === 1
          at++
        }
      }
    }
  }

  /** With the mask that leaves the fewest shapes a reader stumbles over (7.8.3). */
  masked(): Modules {
    const tries = masks.map((mask, number) => {
      this.#drawFormat(number)
      return this.#dark.map((row, i) =>
        row.map((dark, j) => (this.#isFixed[i]![j] === true ? dark : dark !== mask(i, j))),
      )
    })
    return tries.toSorted((a, b) => penalty(a) - penalty(b))[0] ?? []
  }
}
