/**
 * PostgreSQL under kysely: its dialect on a pool of ours.
 *
 * @module
 */
import { PostgresAdapter, PostgresDialect } from 'kysely'
import type { BoundedPool } from './postgres-pool.ts'

export class PooledPostgresDialect extends PostgresDialect {
  constructor(pool: BoundedPool) {
    super({ pool })
  }
  override createAdapter(): PostgresAdapter {
    return new OpenedAloneAdapter()
  }
}

/** Only the one console that is opening the database migrates it, so kysely's own lock for that has nothing to add. */
class OpenedAloneAdapter extends PostgresAdapter {
  override async acquireMigrationLock(): Promise<void> {}
  override async releaseMigrationLock(): Promise<void> {}
}
