/**
 * Reads the byte tables of a protocol page, and says for each kind in them what
 * a decoder has to take and what it has to refuse.
 *
 * @module
 */
import { concat, type Bytes } from '@sallygate/base/bytes'

export interface Row {
  readonly name: string
  readonly kind: string
}

/** Heading → rows of the table with the columns field and kind below it. */
export function tablesOf(page: string): ReadonlyMap<string, readonly Row[]> {
  const sections = page.split(/^### /m).slice(1)
  const tables = sections.map((section): [string, readonly Row[]] => {
    const [heading = '', ...lines] = section.split('\n')
    const start = lines.indexOf('| field | kind |')
    const rows = lines.slice(start + 2)
    const table = rows.slice(
      0,
      rows.findIndex((line) => !line.startsWith('|')),
    )
    return [heading.trim(), start < 0 ? [] : table.map(rowOf)]
  })
  return new Map(tables)
}

function rowOf(line: string): Row {
  const [, name = '', kind = ''] = /^\| (\w+) \| (.+) \|$/.exec(line) ?? []
  return { name, kind }
}

/** Encodings that a decoder of this kind takes to the last byte, and ones it refuses. */
export interface Samples {
  readonly good: readonly Bytes[]
  readonly bad: readonly Bytes[]
}

export function samplesOf(kind: string, tables: ReadonlyMap<string, readonly Row[]>): Samples {
  const [, name = '', argument = ''] = /^(\w+)(?:\((.*)\))?$/.exec(kind) ?? []
  const size = Number(argument)
  if (kind.startsWith('word: ')) return wordSamples(kind)
  switch (name) {
    case 'u8':
    case 'u16':
    case 'u32':
      return { good: [Buffer.alloc(Number(name.slice(1)) / 8, 0xff)], bad: [] }
    case 'u64':
      return { good: [uint(Number.MAX_SAFE_INTEGER, 8)], bad: [Buffer.alloc(8, 0xff)] }
    case 'instant':
      return { good: [uint(8.64e15, 8)], bad: [uint(8.64e15 + 2, 8)] }
    case 'flag':
      return { good: [Buffer.of(0), Buffer.of(1)], bad: [Buffer.of(2)] }
    case 'fixed':
      return { good: [Buffer.alloc(size)], bad: [Buffer.alloc(size - 1)] }
    case 'bytes':
    case 'text':
      return {
        good: [uint(0, 4), concat(uint(size, 4), Buffer.alloc(size, 'a'))],
        bad: [
          concat(uint(size + 1, 4), Buffer.alloc(size + 1, 'a')),
          ...(name === 'text' ? [Buffer.of(0, 0, 0, 1, 0xff)] : []),
        ],
      }
    case 'optional': {
      const { good, bad } = samplesOf(argument, tables)
      const present = (value: Bytes) => concat(Buffer.of(1), value)
      return { good: [Buffer.of(0), ...good.map(present)], bad: [Buffer.of(2), ...bad.map(present)] }
    }
    case 'list':
      return listSamples(argument, tables)
    default:
      return recordSamples(kind, tables)
  }
}

function wordSamples(kind: string): Samples {
  const codes = [...kind.matchAll(/ (\d+)(?:,|$)/g)].map((match) => Number(match[1]))
  const all = Array.from({ length: 256 }, (_, code) => code)
  return {
    good: codes.map((code) => Buffer.of(code)),
    bad: all.filter((code) => !codes.includes(code)).map((code) => Buffer.of(code)),
  }
}

function listSamples(argument: string, tables: ReadonlyMap<string, readonly Row[]>): Samples {
  const [, item = '', max = ''] = /^(.*), (\d+)$/.exec(argument) ?? []
  const { good, bad } = samplesOf(item, tables)
  const [first = Buffer.alloc(0)] = good
  const times = (count: number) => concat(uint(count, 2), ...Array<Bytes>(count).fill(first))
  return {
    good: [uint(0, 2), times(Number(max)), ...good.map((value) => concat(uint(1, 2), value))],
    bad: [times(Number(max) + 1), ...bad.map((value) => concat(uint(1, 2), value))],
  }
}

/** A record is good when all fields are; it is bad in one field at a time. */
function recordSamples(name: string, tables: ReadonlyMap<string, readonly Row[]>): Samples {
  const rows = tables.get(name)
  if (rows === undefined) throw new Error(`the page has no table ${name}`)
  const samples = rows.map(({ kind }) => samplesOf(kind, tables))
  const smallest = samples.map(({ good }) => good[0] ?? Buffer.alloc(0))
  return { good: [concat(...smallest)], bad: [] }
}

function uint(value: number, size: 1 | 2 | 4 | 8): Buffer {
  const encoded = Buffer.alloc(8)
  encoded.writeBigUInt64BE(BigInt(value))
  return encoded.subarray(8 - size)
}
