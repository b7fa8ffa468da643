/**
 * A directory with a key and a store in it, for tests. Imported only from tests.
 *
 * @module
 */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import type { Clock } from '@sallygate/base/clock'
import { systemClock } from '@sallygate/base/clock'
import { silentLog } from '@sallygate/base/log'
import { createMasterKey, loadMasterKey } from '../master-key.ts'
import { openStore, type Store } from '../store.ts'

export class TestHome {
  readonly directory: string
  readonly path: string
  readonly keyPath: string
  readonly #open = new Set<Store>()

  constructor(parent: string = tmpdir()) {
    this.directory = mkdtempSync(join(parent, 'sallygate-store-'))
    this.path = join(this.directory, 'console.db')
    this.keyPath = join(this.directory, 'master.key')
    createMasterKey(this.keyPath)
  }

  async open(options: { readonly clock?: Clock; readonly whenAbsent?: 'make' | 'refuse' } = {}): Promise<Store> {
    const masterKey = loadMasterKey(this.keyPath)
    const store = await openStore({ path: this.path, masterKey, clock: systemClock, log: silentLog, ...options })
    this.#open.add(store)
    return store
  }

  /** Edits a closed database as somebody with the file could. */
  edit(...statements: readonly string[]): void {
    const database = new DatabaseSync(this.path, { enableForeignKeyConstraints: false })
    for (const statement of statements) database.exec(statement)
    database.close()
  }

  async remove(): Promise<void> {
    for (const store of this.#open) await store.close()
    rmSync(this.directory, { recursive: true, force: true })
  }
}
