/**
 * The model's file: a log of records with a checksum each, whole up to its last mark.
 *
 * A page of the feed is its records and then a mark; what comes after the last mark
 * was never finished and is cut off. Damage in the middle is named, the file is put
 * aside, and what stands before it is kept. A file of something else is never touched.
 *
 * @module
 */
import { closeSync, existsSync, fsyncSync, ftruncateSync, openSync, renameSync, rmSync, writeSync } from 'node:fs'
import type { Clock } from '@sallygate/base/clock'
import { writeFailure } from '@sallygate/base/file'
import type { Log } from '@sallygate/base/log'
import type { NacEntry, NacRecord } from '@sallygate/domain'
import { headLine, lineOf, readLines } from './model-lines.ts'
import { ReadModel, type Cursor } from './read-model.ts'

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
      const lines = records.map((record) => lineOf({ r: withoutNumber(record) }))
      this.#write(`${lines.join('')}${lineOf({ mark })}`)
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
        batch += lineOf({ r: record })
        if (batch.length > 1024 * 1024) {
          next.#write(batch, false)
          batch = ''
        }
      }
      next.#write(`${batch}${lineOf({ mark })}`)
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

function withoutNumber({ kind, id, value }: NacEntry): NacRecord {
  return { kind, id, ...(value === undefined ? {} : { value }) } as NacRecord
}
