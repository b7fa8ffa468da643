/**
 * The door to the store on PostgreSQL. The driver is loaded when it is opened: most consoles have no use for it.
 *
 * @module
 */
import type { Clock } from '@sallygate/base/clock'
import type { Log } from '@sallygate/base/log'
import type { MasterKey } from './master-key.ts'
import type { PostgresBounds, PostgresConnection } from './postgres-connection.ts'
import type { Store } from './store.ts'

export interface PostgresStoreOptions {
  readonly connection: PostgresConnection
  readonly masterKey: MasterKey
  readonly clock: Clock
  readonly log: Log
  /** `open` refuses an empty database; for when one has to be there. Default: its tables are made. */
  readonly whenAbsent?: 'make' | 'refuse'
  readonly bounds?: Partial<PostgresBounds>
}

/**
 * Opens the store, and makes its tables in a database that has none.
 *
 * @throws STORE_UNREACHABLE, STORE_LOGIN_REFUSED, STORE_NO_DATABASE, STORE_TLS_NEEDED, STORE_TLS_REFUSED,
 *   STORE_NOT_UTF8, STORE_NOT_ALLOWED, STORE_SERVER_READ_ONLY, STORE_LOCKED, STORE_FOREIGN, STORE_TOO_NEW,
 *   STORE_CORRUPT, STORE_WRONG_KEY, STORE_MISSING, FILE_* of the password file.
 */
export async function openPostgresStore(options: PostgresStoreOptions): Promise<Store> {
  const { openOnPostgres } = await import('./postgres-store.ts')
  return openOnPostgres(options)
}
