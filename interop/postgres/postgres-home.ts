/**
 * A server, a master key, and databases that a store was made in; for the suites of this folder.
 *
 * @module
 */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { systemClock } from '@sallygate/base/clock'
import { silentLog } from '@sallygate/base/log'
import {
  createMasterKey,
  openPostgresStore,
  type MasterKey,
  type PostgresConnection,
  type PostgresStoreOptions,
  type Store,
} from '@sallygate/store'
import { findPostgres, PostgresServer } from './postgres-server.ts'

export class PostgresHome {
  readonly server: PostgresServer
  readonly directory: string
  readonly masterKey: MasterKey
  readonly #open = new Set<Store>()
  #filled: PostgresConnection | undefined

  private constructor(server: PostgresServer) {
    this.server = server
    this.directory = mkdtempSync(join(tmpdir(), 'store-'))
    this.masterKey = createMasterKey(join(this.directory, 'master.key'))
  }

  static async start(more: Parameters<typeof PostgresServer.start>[2] = {}): Promise<PostgresHome> {
    const postgres = findPostgres()
    if ('missing' in postgres) throw new Error(postgres.missing)
    return new PostgresHome(await PostgresServer.start(postgres.bin, postgres.version, more))
  }

  /** A database with the tables of a store and nothing in them. Copied, since making them takes longer than most tests. */
  async makeFilled(): Promise<PostgresConnection> {
    if (this.#filled === undefined) {
      this.#filled = await this.server.makeDatabase()
      await (await this.open({ connection: this.#filled })).close()
    }
    return this.server.makeDatabase(`template ${this.#filled.database}`)
  }

  async open(options: Partial<PostgresStoreOptions> & Pick<PostgresStoreOptions, 'connection'>): Promise<Store> {
    const { masterKey } = this
    const store = await openPostgresStore({ masterKey, clock: systemClock, log: silentLog, ...options })
    this.#open.add(store)
    return store
  }

  /** Ends what a test left open. */
  async closeAll(): Promise<void> {
    for (const store of this.#open) await store.close()
    this.#open.clear()
  }

  async stop(): Promise<void> {
    await this.closeAll()
    await this.server.stop()
    rmSync(this.directory, { recursive: true })
  }
}
