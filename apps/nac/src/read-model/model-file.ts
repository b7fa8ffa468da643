/**
 * The model's file: a log of records with a checksum each, whole up to its last mark.
 *
 * A page of the feed is its records and then a mark; what comes after the last mark
 * was never finished and is cut off. Damage in the middle is named, the file is put
 * aside, and what stands before it is kept. A file of something else is never touched.
 *
 * @module
 */
import {
  closeSync,
  existsSync,
  fstatSync,
  fsyncSync,
  ftruncateSync,
  openSync,
  readSync,
  renameSync,
  rmSync,
  writeSync,
} from 'node:fs'
import { crc32 } from 'node:zlib'
import type { Clock } from '@sallygate/base/clock'
import { writeFailure } from '@sallygate/base/file'
import type { Log } from '@sallygate/base/log'
import { requireRecord, type NacEntry, type NacRecord } from '@sallygate/domain'
import { modelFailure } from './failures.ts'
import { ReadModel, type Cursor } from './read-model.ts'

const magic = 'sallygate nac read-model 1'

type Line = { readonly r: NacRecord } | { readonly mark: Cursor }

export interface OpenedModel {
  readonly model: ReadModel
  readonly file: ModelFile
  /** What was wrong with the file and is repaired: for the log, and for health. */
  readonly repaired: 'cut' | 'damaged' | undefined
}

interface FileParts {
  readonly path: string
  /** Whose feed it holds: the console's key. A file of another console is not ours to answer from. */
  readonly console: string
  readonly clock: Clock
  readonly log: Log
}

/** @throws NAC_MODEL_FOREIGN, FILE_CANNOT_WRITE, FILE_DISK_FULL. */
export function openModel(parts: FileParts): OpenedModel {
  const { path, console, log } = parts
  const model = new ReadModel()
  if (!existsSync(path)) return { model, file: ModelFile.make(parts), repaired: undefined }
  const read = readLines(path, console, model)
  if (read.kind === 'empty') {
    log.warn('the read-model is empty, as after a start that was cut short', { path })
    return { model, file: ModelFile.make(parts), repaired: 'cut' }
  }
  if (read.kind === 'otherConsole') {
    log.warn('the read-model is of another console; it is put aside', { aside: putAside(parts, 'other-console') })
    return { model: new ReadModel(), file: ModelFile.make(parts), repaired: undefined }
  }
  if (read.damagedAt !== undefined) {
    const aside = putAside(parts, 'damaged')
    log.error('the read-model is damaged; what stands before is kept', { aside, line: read.damagedAt })
    const file = ModelFile.make(parts)
    if (model.cursor !== undefined) file.compact(model)
    return { model, file, repaired: 'damaged' }
  }
  if (read.isCut) log.warn('the read-model ended in an unfinished page, which is cut off', { path })
  return { model, file: ModelFile.open(parts, read.goodBytes), repaired: read.isCut ? 'cut' : undefined }
}

function putAside({ path, clock }: FileParts, why: string): string {
  const aside = `${path}.${why}-${clock
    .now()
    .toISOString()
    .replaceAll(/[-:]|\.\d+/g, '')}`
  renameSync(path, aside)
  return aside
}

export class ModelFile {
  readonly #parts: FileParts
  #fd: number
  #bytes: number
  /** Its size when it held nothing twice. */
  #compactBytes: number

  private constructor(parts: FileParts, fd: number, size: number) {
    this.#parts = parts
    this.#fd = fd
    this.#bytes = size
    this.#compactBytes = size
  }

  static make(parts: FileParts): ModelFile {
    const fd = writing(parts.path, () => openSync(parts.path, 'w+', 0o600))
    const file = new ModelFile(parts, fd, 0)
    file.#write(headLine(parts.console))
    return file
  }

  static open(parts: FileParts, goodBytes: number): ModelFile {
    const fd = writing(parts.path, () => openSync(parts.path, 'r+'))
    writing(parts.path, () => ftruncateSync(fd, goodBytes))
    return new ModelFile(parts, fd, goodBytes)
  }

  get bytes(): number {
    return this.#bytes
  }

  /**
   * Adds a page. When this returns it is on the disk.
   *
   * @throws FILE_DISK_FULL, FILE_CANNOT_WRITE; the file is then as it was.
   */
  append(records: readonly NacEntry[], mark: Cursor): void {
    const before = this.#bytes
    try {
      const lines = records.map((record) => line({ r: withoutNumber(record) }))
      this.#write(`${lines.join('')}${line({ mark })}`)
    } catch (error) {
      this.#bytes = before
      writing(this.#parts.path, () => ftruncateSync(this.#fd, before))
      throw error
    }
  }

  /** Half of it or more is history. */
  get isDueForCompaction(): boolean {
    return this.#bytes > 8 * 1024 * 1024 && this.#bytes > 2 * this.#compactBytes
  }

  /** Writes the model anew, beside; the old file is there until the new one is whole. */
  compact(model: ReadModel): void {
    const { path, console } = this.#parts
    const mark = model.cursor
    if (mark === undefined) return
    const temporary = `${path}.new`
    const fd = writing(temporary, () => openSync(temporary, 'w+', 0o600))
    const next = new ModelFile({ ...this.#parts, path: temporary }, fd, 0)
    try {
      let batch = headLine(console)
      for (const record of model.records()) {
        batch += line({ r: record })
        if (batch.length > 1024 * 1024) {
          next.#write(batch, false)
          batch = ''
        }
      }
      next.#write(`${batch}${line({ mark })}`)
      writing(path, () => renameSync(temporary, path))
    } catch (error) {
      closeSync(fd)
      rmSync(temporary, { force: true })
      throw error
    }
    closeSync(this.#fd)
    this.#fd = fd
    this.#bytes = next.#bytes
    this.#compactBytes = next.#bytes
  }

  close(): void {
    closeSync(this.#fd)
  }

  #write(text: string, sync = true): void {
    const data = Buffer.from(text, 'utf8')
    writing(this.#parts.path, () => {
      for (let at = 0; at < data.length;) at += writeSync(this.#fd, data, at, data.length - at, this.#bytes + at)
      if (sync) fsyncSync(this.#fd)
    })
    this.#bytes += data.length
  }
}

function writing<T>(path: string, work: () => T): T {
  try {
    return work()
  } catch (cause) {
    throw writeFailure(cause, path)
  }
}

function headLine(console: string): string {
  return `${magic} ${console}\n`
}

function line(content: Line): string {
  const json = JSON.stringify(content)
  return `${crc32(json).toString(16).padStart(8, '0')} ${json}\n`
}

function withoutNumber({ kind, id, value }: NacEntry): NacRecord {
  return { kind, id, ...(value === undefined ? {} : { value }) } as NacRecord
}

type ReadLines =
  | {
      readonly kind: 'read'
      readonly goodBytes: number
      readonly isCut: boolean
      readonly damagedAt: number | undefined
    }
  | { readonly kind: 'otherConsole' }
  | { readonly kind: 'empty' }

/** Puts what is whole into the model. A page is applied when its mark has been seen. */
function readLines(path: string, console: string, model: ReadModel): ReadLines {
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
