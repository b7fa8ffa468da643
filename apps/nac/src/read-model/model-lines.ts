/**
 * The lines of the model's file: how a record or a mark is written, and what is read back of a file that may be torn.
 *
 * @module
 */
import { closeSync, fstatSync, openSync, readSync } from 'node:fs'
import { crc32 } from 'node:zlib'
import { requireRecord, type NacRecord } from '@sallygate/domain'
import { modelFailure } from './failures.ts'
import type { Cursor, ReadModel } from './read-model.ts'

const magic = 'sallygate nac read-model 1'

type Line = { readonly r: NacRecord } | { readonly mark: Cursor }

/** The first line: whose feed this is. */
export function headLine(console: string): string {
  return `${magic} ${console}\n`
}

export function lineOf(content: Line): string {
  const json = JSON.stringify(content)
  return `${crc32(json).toString(16).padStart(8, '0')} ${json}\n`
}

export type ReadLines =
  | {
      readonly kind: 'read'
      readonly goodBytes: number
      readonly isCut: boolean
      readonly damagedAt: number | undefined
    }
  | { readonly kind: 'otherConsole' }
  | { readonly kind: 'empty' }

/** Puts what is whole into the model. A page is applied when its mark has been seen. */
export function readLines(path: string, console: string, model: ReadModel): ReadLines {
  let pending: NacRecord[] = []
  let goodBytes = 0
  let at = 0
  let number = 0
  let badAt: number | undefined
  for (const text of linesOf(path)) {
    number++
    at += Buffer.byteLength(text)
    if (number === 1) {
      // Less than the first line: it was being written.
      if (text.length < headLine(console).length && headLine(console).startsWith(text)) return { kind: 'empty' }
      if (!text.startsWith(`${magic} `)) throw modelFailure('MODEL_FOREIGN', { details: { path } })
      if (text !== headLine(console)) return { kind: 'otherConsole' }
      goodBytes = at
      continue
    }
    const read = readLine(text)
    if (read === undefined) {
      badAt ??= number
      continue
    }
    // Good lines behind a bad one: not a write that was cut short, but damage.
    if (badAt !== undefined) return { kind: 'read', goodBytes, isCut: false, damagedAt: badAt }
    if ('r' in read) pending.push(read.r)
    else {
      for (const record of pending) model.apply(record)
      model.applyPage([], read.mark)
      pending = []
      goodBytes = at
    }
  }
  if (number === 0) return { kind: 'empty' }
  return { kind: 'read', goodBytes, isCut: badAt !== undefined || pending.length > 0, damagedAt: undefined }
}

/** @returns `undefined` for a line that is not what was written. */
function readLine(text: string): Line | undefined {
  const json = text.slice(9, -1)
  if (text[8] !== ' ' || !text.endsWith('\n') || crc32(json) !== Number.parseInt(text.slice(0, 8), 16)) return undefined
  try {
    const read = JSON.parse(json) as Line
    if ('r' in read) requireRecord(read.r)
    return read
  } catch {
    return undefined
  }
}

/** With the end of the line where it has one; the last may not. */
function* linesOf(path: string): Generator<string> {
  const fd = openSync(path, 'r')
  try {
    const size = fstatSync(fd).size
    const chunk = Buffer.alloc(Math.min(1024 * 1024, Math.max(1, size)))
    let rest = Buffer.alloc(0)
    for (let count = readSync(fd, chunk); count > 0; count = readSync(fd, chunk)) {
      let data = Buffer.concat([rest, chunk.subarray(0, count)])
      for (let end = data.indexOf(10); end >= 0; end = data.indexOf(10)) {
        yield data.toString('utf8', 0, end + 1)
        data = data.subarray(end + 1)
      }
      rest = Buffer.from(data)
    }
    if (rest.length > 0) yield rest.toString('utf8')
  } finally {
    closeSync(fd)
  }
}
