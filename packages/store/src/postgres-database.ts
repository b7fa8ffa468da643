/**
 * A PostgreSQL database before it is used: is it empty, ours, whole, and of this version?
 *
 * Runs while no other console can have the database open. An empty one is made
 * in one transaction, whole or not at all.
 *
 * @module
 */
import { sql, type Kysely } from 'kysely'
import type { Clock } from '@sallygate/base/clock'
import type { Log } from '@sallygate/base/log'
import type { Secret } from '@sallygate/base/secret'
import { migrate } from './database-making.ts'
import { storeFailure } from './failures.ts'
import type { MasterKey } from './master-key.ts'
import { chooseKey, readInstallation, refuseNewer, writeInstallation, writeMeta, type Installation } from './meta.ts'
import { schemaVersion } from './migrations.ts'
import { printPlace, type PostgresConnection } from './postgres-connection.ts'
import type { Schema } from './schema.ts'
import { settleKey } from './store-assembly.ts'
import { postgresTypes } from './tables.ts'
import { Vault } from './vault.ts'

export interface Settled {
  readonly installation: Installation
  readonly key: Secret<Buffer>
}

export interface SettleOptions {
  readonly connection: PostgresConnection
  readonly masterKey: MasterKey
  readonly clock: Clock
  readonly log: Log
  readonly whenAbsent?: 'make' | 'refuse'
  readonly session: string
}

export async function settleDatabase(db: Kysely<Schema>, options: SettleOptions): Promise<Settled> {
  const server = printPlace(options.connection)
  const { masterKey, clock, log } = options
  const { schema, tables, isForgetful } = await look(db, server)
  if (isForgetful) log.warn('the database server runs with fsync off and may lose what it acknowledged', { server })
  if (tables.size === 0) {
    if (options.whenAbsent === 'refuse') throw storeFailure('MISSING', { details: { server } })
    await make(db, schema, masterKey.key, clock.now())
    log.info('store made', { server })
  } else {
    await refuseForeign(db, tables, server)
  }
  await refuseNewer(db, server)
  const installation = await readInstallation(db, server)
  const key = settleKey(masterKey, chooseKey(installation, server, masterKey))
  await migrate(db, postgresTypes, schema)
  if (installation.schemaVersion !== schemaVersion) await writeMeta(db, 'schemaVersion', String(schemaVersion))
  await writeMeta(db, 'session', options.session)
  return { installation, key }
}

interface Look {
  readonly schema: string
  readonly tables: ReadonlySet<string>
  readonly isForgetful: boolean
}

/** @throws STORE_NOT_UTF8, STORE_NOT_ALLOWED, STORE_SERVER_READ_ONLY. */
async function look(db: Kysely<Schema>, server: string): Promise<Look> {
  const { rows } = await sql<{
    schema: string | null
    encoding: string
    standby: boolean
    fsync: string
    mayCreate: boolean
  }>`
    select current_schema() as schema, current_setting('server_encoding') as encoding,
      pg_is_in_recovery() as standby, current_setting('fsync') as fsync,
      coalesce(has_schema_privilege(current_schema(), 'CREATE'), false) as "mayCreate"`.execute(db)
  const { schema = null, encoding = '', standby = false, fsync, mayCreate = false } = rows[0] ?? {}
  if (schema === null || !mayCreate) throw storeFailure('NOT_ALLOWED', { details: { server, missing: 'schema' } })
  if (encoding !== 'UTF8') throw storeFailure('NOT_UTF8', { details: { server, encoding } })
  if (standby) throw storeFailure('SERVER_READ_ONLY', { details: { server, reason: 'standby' } })
  const found = await sql<{ name: string }>`
    select relname as name from pg_class where relnamespace = to_regnamespace(quote_ident(${schema}))
      and relkind in ('r', 'p', 'v', 'm', 'f')`.execute(db)
  return { schema, tables: new Set(found.rows.map(({ name }) => name)), isForgetful: fsync === 'off' }
}

function make(db: Kysely<Schema>, schema: string, masterKey: Secret<Buffer>, now: Date): Promise<void> {
  return db.transaction().execute(async (inside) => {
    await migrate(inside, postgresTypes, schema)
    await writeInstallation(inside, masterKey, now)
    await new Vault(masterKey).addDataKey(inside, '', now)
  })
}

/** Ours has been migrated by us and says which installation it is; a table more than we know is somebody's report. */
async function refuseForeign(db: Kysely<Schema>, tables: ReadonlySet<string>, server: string): Promise<void> {
  const foreign = () => storeFailure('FOREIGN', { details: { server } })
  if (!tables.has('kysely_migration') || !tables.has('meta')) throw foreign()
  const first = await sql`select 1 from kysely_migration where name = '001-identity'`.execute(db)
  if (first.rows.length === 0) throw foreign()
}
