/**
 * One console for one database, held by PostgreSQL itself.
 *
 * Opening takes a lock alone, writes down a new session, and gives it back. Each
 * connection of the open store shares the lock and looks whether the session is
 * still its own. So as long as one connection of a console lives, no other one
 * opens; and a console that lost all of them and was replaced is refused with
 * its next connection. Nothing of this needs a clock.
 *
 * @module
 */
import type { ClientBase } from 'pg'
import { storeFailure } from './failures.ts'

const lock = `hashtextextended('sallygate console/' || current_schema(), 0)`

/** A console that is being replaced may take a moment to let go. */
const lockWaitMs = 2000

/**
 * What is acknowledged is on the server's disk, and on that of its standby where it has been set up so: weaker
 * settings are raised, stronger ones stay. A console that vanished is noticed within half a minute, not two hours.
 */
const settle = `select
  set_config('synchronous_commit', case when current_setting('synchronous_commit') in ('off', 'local', 'remote_write')
    then 'on' else current_setting('synchronous_commit') end, false),
  set_config('default_transaction_isolation', 'read committed', false),
  set_config('bytea_output', 'hex', false),
  set_config('tcp_keepalives_idle', '15', false),
  set_config('tcp_keepalives_interval', '5', false),
  set_config('tcp_keepalives_count', '3', false)`

/** @throws STORE_LOCKED. */
export async function takeAlone(client: ClientBase, server: string): Promise<void> {
  await client.query(settle)
  try {
    await client.query(`set lock_timeout = ${lockWaitMs}`)
    await client.query(`select pg_advisory_lock(${lock})`)
    await client.query('reset lock_timeout')
  } catch (cause) {
    const isTaken = (cause as { code?: string }).code === '55P03'
    throw isTaken ? storeFailure('LOCKED', { cause, details: { server } }) : cause
  }
}

/** The connection goes on sharing what it had alone, so that there is no moment in between. */
export const giveBackAlone = `select pg_try_advisory_lock_shared(${lock}), pg_advisory_unlock(${lock})`

/** @throws STORE_LOCKED when another console has the database, or had it since. */
export async function share(client: ClientBase, server: string, session: string): Promise<void> {
  await client.query(settle)
  const { rows } = await client.query<{ shared: boolean }>(`select pg_try_advisory_lock_shared(${lock}) as shared`)
  if (rows[0]?.shared !== true) throw storeFailure('LOCKED', { details: { server } })
  const { rows: found } = await client.query<{ value: string }>(`select value from meta where name = 'session'`)
  if (found[0]?.value !== session)
    throw storeFailure('LOCKED', { details: { server, since: 'this console opened it' } })
}
