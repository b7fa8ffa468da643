/**
 * The index of devices by what they are told apart: serial numbers, addresses, and what sources call them.
 *
 * Written with the device, in its transaction; a row that is right already is left alone.
 *
 * @module
 */
import type { Kysely } from 'kysely'
import { identifierKey, strongKinds } from '@sallygate/domain'
import type { StoredDevice } from './devices.ts'
import type { Schema } from './schema.ts'

/** How far behind the time at which an identifier was last seen may be in the index, so that not every report writes it. */
const indexLagMs = 3_600_000

export async function saveIdentifiers(db: Kysely<Schema>, device: StoredDevice): Promise<void> {
  const wanted = new Map<string, Schema['deviceIdentifiers']>()
  const want = (kind: string, key: string, isCurrent: boolean, lastSeenAt: number) =>
    wanted.set(`${kind} ${key}`, { kind, key, deviceId: device.id, isCurrent: isCurrent ? 1 : 0, lastSeenAt })
  if (device.state !== 'deleted') {
    for (const kind of strongKinds) {
      const value = device[kind]
      if (value !== undefined) want(kind, identifierKey(kind, value), true, device.lastReportMs)
    }
    for (const { mac, isCurrent, lastSeenMs } of device.macs) want('mac', mac, isCurrent, lastSeenMs)
  }
  const stored = await db.selectFrom('deviceIdentifiers').selectAll().where('deviceId', '=', device.id).execute()
  const known = new Map(stored.map((row) => [`${row.kind} ${row.key}`, row]))
  for (const [name, row] of known)
    if (!wanted.has(name)) await theRow(db.deleteFrom('deviceIdentifiers'), row).execute()
  for (const [name, row] of wanted) {
    const old = known.get(name)
    const { isCurrent, lastSeenAt } = row
    if (old === undefined) await db.insertInto('deviceIdentifiers').values(row).execute()
    else if (old.isCurrent !== isCurrent || lastSeenAt - old.lastSeenAt >= indexLagMs)
      await theRow(db.updateTable('deviceIdentifiers').set({ isCurrent, lastSeenAt }), row).execute()
  }
}

interface Narrowing<Q> {
  where(column: 'kind' | 'key' | 'deviceId', sign: '=', value: string): Q
}

function theRow<Q extends Narrowing<Q>>(query: Q, row: Schema['deviceIdentifiers']): Q {
  return query.where('kind', '=', row.kind).where('key', '=', row.key).where('deviceId', '=', row.deviceId)
}

export async function saveSources(
  db: Kysely<Schema>,
  device: StoredDevice,
  before: StoredDevice | undefined,
): Promise<void> {
  const sourceIds = device.state === 'deleted' ? [] : device.sourceIds
  if (before !== undefined && JSON.stringify(before.sourceIds) === JSON.stringify(sourceIds)) return
  await db.deleteFrom('deviceSources').where('deviceId', '=', device.id).execute()
  for (const { group, source, sourceId } of sourceIds) {
    await db
      .insertInto('deviceSources')
      .values({ groupId: group, source, sourceId, deviceId: device.id })
      // The source means another device now by that name.
      .onConflict((it) => it.columns(['source', 'sourceId', 'groupId']).doUpdateSet({ deviceId: device.id }))
      .execute()
  }
}
