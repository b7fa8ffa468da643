/**
 * A bounded set of connections under kysely, whose failures have names.
 *
 * A connection that did not answer once is never used again: what it would say
 * next is the answer to another question.
 *
 * @module
 */
import type { PostgresPool, PostgresPoolClient } from 'kysely'
import pg, { type ClientBase, type PoolClient } from 'pg'
import type { Failure } from '@sallygate/base/failure'
import { storeFailure } from './failures.ts'
import type { Health } from './health.ts'
import {
  defaultBounds,
  driverConfig,
  printPlace,
  type PostgresBounds,
  type PostgresConnection,
} from './postgres-connection.ts'
import { namePostgresError } from './postgres-errors.ts'
import { Silence } from './silence.ts'

/** Statements the server keeps compiled for a connection. More than the repositories have queries. */
const keptStatements = 256

/** Ending waits for the server to say good-bye, but not for one that is gone. */
const endWithinMs = 2000

export interface PoolOptions {
  readonly connection: PostgresConnection
  readonly bounds?: Partial<PostgresBounds> | undefined
  /** Absent while opening: what fails there is told by the failure. */
  readonly health?: Health
  /** Makes a new connection ready. One that cannot be made ready is not used. */
  readonly prepare: (client: ClientBase, server: string) => Promise<void>
}

export class BoundedPool implements PostgresPool {
  readonly options = {}
  readonly #pool: pg.Pool
  readonly #server: string
  readonly #health: Health | undefined
  readonly #leases = new WeakMap<PoolClient, Lease>()
  readonly #names = new Map<string, string>()
  readonly #silence = new Silence()

  constructor({ connection, bounds, health, prepare }: PoolOptions) {
    this.#server = printPlace(connection)
    this.#health = health
    const config = driverConfig(connection, { ...defaultBounds, ...bounds })
    this.#pool = new pg.Pool(withHook(config, (client) => prepare(client, this.#server)))
    // Nobody waits for an idle connection that breaks, and an error nobody hears ends the process.
    this.#pool.on('error', () => {})
    this.#pool.on('connect', (client) => void client.on('error', () => {}))
  }

  async connect(): Promise<PostgresPoolClient> {
    this.#silence.check()
    const sinceMs = performance.now()
    try {
      const client = await this.#pool.connect()
      const known = this.#leases.get(client)
      if (known !== undefined) return known
      const lease = new Lease(client, this.#server, this.#health, this.#silence, (text) => this.#nameOf(text))
      this.#leases.set(client, lease)
      return lease
    } catch (cause) {
      const error = namePostgresError(cause, this.#server)
      if (storeFailure.is(error) && isUnreachable(error)) {
        this.#health?.answered(error)
        this.#silence.heardNothing(error, sinceMs)
      }
      throw error
    }
  }

  async end(): Promise<void> {
    let giveUp: NodeJS.Timeout | undefined
    const late = new Promise<void>((resolve) => {
      giveUp = setTimeout(resolve, endWithinMs)
    })
    await Promise.race([this.#pool.end(), late])
    clearTimeout(giveUp)
  }

  /** The same text has the same name on every connection; lists of varying length must not fill the server's memory. */
  #nameOf(text: string): string | undefined {
    const known = this.#names.get(text)
    if (known !== undefined || this.#names.size >= keptStatements) return known
    const name = `s${this.#names.size}`
    this.#names.set(text, name)
    return name
  }
}

/** One connection, as kysely sees it. */
class Lease implements PostgresPoolClient {
  readonly #client: PoolClient
  readonly #server: string
  readonly #health: Health | undefined
  readonly #silence: Silence
  readonly #nameOf: (text: string) => string | undefined
  #broken: Failure | undefined
  #isInTransaction = false
  #isDirty = false

  constructor(
    client: PoolClient,
    server: string,
    health: Health | undefined,
    silence: Silence,
    nameOf: (text: string) => string | undefined,
  ) {
    this.#client = client
    this.#server = server
    this.#health = health
    this.#silence = silence
    this.#nameOf = nameOf
  }

  async #run(text: string, values: readonly unknown[]): Promise<pg.QueryResult> {
    if (this.#broken !== undefined) throw this.#broken
    const name = values.length === 0 ? undefined : this.#nameOf(text)
    const sinceMs = performance.now()
    try {
      const result = await this.#client.query({ text, values: [...values], ...(name === undefined ? {} : { name }) })
      this.#note(result)
      return result
    } catch (cause) {
      throw this.#failed(namePostgresError(cause, this.#server), sinceMs)
    }
  }

  // kysely also names a form for cursors; nothing here streams.
  query = ((text: string, values: readonly unknown[] = []) =>
    this.#run(text, values)) as unknown as PostgresPoolClient['query']

  release(destroy?: boolean): void {
    this.#client.release(destroy === true || this.#broken !== undefined)
  }

  /** What changed something has reached the disk when it is outside a transaction, or when that is committed. */
  #note({ command, rowCount }: pg.QueryResult): void {
    this.#health?.answered(undefined)
    this.#silence.answered()
    if (command === 'BEGIN' || command === 'START') this.#isInTransaction = true
    const isEnd = command === 'COMMIT' || command === 'ROLLBACK'
    if (isEnd) this.#isInTransaction = false
    if (/^(INSERT|UPDATE|DELETE|CREATE)/.test(command) && rowCount !== 0) this.#isDirty = true
    if (!this.#isDirty || this.#isInTransaction) return
    this.#isDirty = false
    if (command !== 'ROLLBACK') this.#health?.wrote(undefined)
  }

  #failed(error: unknown, sinceMs: number): unknown {
    if (!storeFailure.is(error)) return error
    if (isUnreachable(error)) {
      this.#broken = error
      this.#health?.answered(error)
      this.#silence.heardNothing(error, sinceMs)
    } else if (error.status === 507) {
      this.#health?.wrote(error)
    }
    return error
  }
}

/** The pool waits for the hook's promise; its type description says it does not. */
function withHook(config: pg.PoolConfig, onConnect: (client: ClientBase) => unknown): pg.PoolConfig {
  return { ...config, onConnect }
}

function isUnreachable(error: Failure): boolean {
  return error.code === 'STORE_UNREACHABLE'
}
