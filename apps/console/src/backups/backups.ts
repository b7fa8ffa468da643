/**
 * Backups: whole copies of the store, made while the console runs, in its home.
 *
 * @module
 */
import { createReadStream, readdirSync, rmSync, statSync } from 'node:fs'
import { join } from 'node:path'
import type { Clock } from '@sallygate/base/clock'
import { ensurePrivateDirectory } from '@sallygate/base/file'
import type { Store } from '@sallygate/store'
import { consoleFailure } from '../failures.ts'
import type { SentFile } from '../http/route.ts'

export interface Backup {
  readonly id: string
  readonly madeAt: Date
  readonly bytes: number
}

/** A mistake in a script must not fill the disk the store lives on. */
const most = 30

const fileForm = /^console-(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)(\d{3})Z\.sqlite$/

export class Backups {
  readonly #directory: string
  readonly #store: Pick<Store, 'backup'>
  readonly #clock: Clock
  #making: Promise<Backup> | undefined

  constructor(home: string, store: Pick<Store, 'backup'>, clock: Clock) {
    this.#directory = join(home, 'backups')
    this.#store = store
    this.#clock = clock
  }

  /** Newest first. */
  list(): readonly Backup[] {
    ensurePrivateDirectory(this.#directory)
    return readdirSync(this.#directory)
      .flatMap((name) => this.#read(name) ?? [])
      .toSorted((a, b) => (a.id < b.id ? 1 : -1))
  }

  /**
   * Of two that ask at once both get the same.
   *
   * @throws CONSOLE_BACKUPS_FULL, STORE_DISK_FULL, STORE_CANNOT_WRITE, STORE_BACKUP_ELSEWHERE.
   */
  make(): Promise<Backup> {
    this.#making ??= this.#make().finally(() => {
      this.#making = undefined
    })
    return this.#making
  }

  /** @throws CONSOLE_NOT_FOUND. */
  open(id: string): SentFile {
    const { bytes } = this.#find(id)
    return { name: id, bytes, content: createReadStream(join(this.#directory, id)) }
  }

  /** @throws CONSOLE_NOT_FOUND. */
  remove(id: string): Backup {
    const found = this.#find(id)
    rmSync(join(this.#directory, id))
    return found
  }

  async #make(): Promise<Backup> {
    if (this.list().length >= most) throw consoleFailure('BACKUPS_FULL', { details: { most } })
    const madeAt = this.#clock.now()
    const id = `console-${madeAt.toISOString().replaceAll(/[-:.]/g, '')}.sqlite`
    const path = join(this.#directory, id)
    await this.#store.backup(path)
    return { id, madeAt, bytes: statSync(path).size }
  }

  #find(id: string): Backup {
    // By the list and not by the name: whatever else lies in the home stays there.
    const found = this.list().find((backup) => backup.id === id)
    if (found === undefined) throw consoleFailure('NOT_FOUND')
    return found
  }

  #read(name: string): Backup | undefined {
    const [, ...parts] = fileForm.exec(name) ?? []
    const [year, month, day, hour, minute, second, ms] = parts
    if (year === undefined) return undefined
    const madeAt = new Date(`${year}-${month}-${day}T${hour}:${minute}:${second}.${ms}Z`)
    return { id: name, madeAt, bytes: statSync(join(this.#directory, name)).size }
  }
}
