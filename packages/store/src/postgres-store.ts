/**
 * The store on PostgreSQL: the same repositories, on a server others look after.
 *
 * One console works on a database at a time. What cannot be opened is refused by
 * name and left untouched; a server that goes away is a failure that ends by
 * itself. Backups are the server's: `pg_dump`.
 *
 * @module
 */
import { Kysely, sql } from 'kysely'
import { AuditLog } from './audit-log.ts'
import { newId } from './context.ts'
import { storeFailure } from './failures.ts'
import { Health } from './health.ts'
import { schemaVersion } from './migrations.ts'
import { printPlace } from './postgres-connection.ts'
import type { PostgresStoreOptions } from './postgres.ts'
import { PooledPostgresDialect } from './postgres-dialect.ts'
import { giveBackAlone, share, takeAlone } from './postgres-lock.ts'
import { isMissingTable } from './postgres-errors.ts'
import { BoundedPool } from './postgres-pool.ts'
import { settleDatabase, type Settled } from './postgres-database.ts'
import { RequestLog } from './request-log.ts'
import type { Schema } from './schema.ts'
import { assembleStore } from './store-assembly.ts'
import type { Store } from './store.ts'
import { outsideOnly } from './transaction-guard.ts'
import { Vault } from './vault.ts'

/** Migrating a large table takes longer than any statement of a repository may. */
const migrationMs = 10 * 60_000

export async function openOnPostgres(options: PostgresStoreOptions): Promise<Store> {
  const { connection, clock, log, bounds } = options
  const started = clock.monotonicMs()
  const server = printPlace(connection)
  const session = newId()
  const health = new Health(clock, log)
  const pool = new BoundedPool({ connection, bounds, health, prepare: (client) => share(client, server, session) })
  const db = new Kysely<Schema>({ dialect: new PooledPostgresDialect(pool) }).withPlugin(outsideOnly)
  try {
    const settled = await alone(options, session, () => sql`select 1`.execute(db))
    const vault = new Vault(settled.key)
    const requestLog = await RequestLog.open({ db, vault, clock }, settled.installation.id)
    const auditLog = await AuditLog.open({ db, vault, clock }, settled.installation.id)
    log.info('store opened', { server, schemaVersion, tookMs: Math.round(clock.monotonicMs() - started) })
    const { installation } = settled
    const ground = { db, vault, clock, log, health, requestLog, auditLog, masterKey: options.masterKey, installation }
    return assembleStore({
      ...ground,
      place: server,
      backup: () => Promise.reject(storeFailure('BACKUP_ELSEWHERE', { details: { server } })),
      end: () => db.destroy(),
    })
  } catch (cause) {
    await db.destroy()
    throw isMissingTable(cause) ? storeFailure('CORRUPT', { cause, details: { server, missing: 'tables' } }) : cause
  }
}

/** Looks, makes, migrates and writes the session while no other console can; `after` runs before another one could. */
async function alone(options: PostgresStoreOptions, session: string, after: () => Promise<unknown>): Promise<Settled> {
  const { connection, bounds } = options
  const patient = { statementMs: migrationMs, silenceMs: migrationMs, connections: 1 }
  const pool = new BoundedPool({ connection, bounds: { ...bounds, ...patient }, prepare: takeAlone })
  const db = new Kysely<Schema>({ dialect: new PooledPostgresDialect(pool) })
  try {
    const settled = await settleDatabase(db, { ...options, session })
    await sql.raw(giveBackAlone).execute(db)
    await after()
    return settled
  } finally {
    await db.destroy()
  }
}
