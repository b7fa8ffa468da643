/**
 * The `meta` rows: which installation this is, which version made it, which key opens it.
 *
 * @module
 */
import type { Kysely } from 'kysely'
import { fromBase64Url, toBase64Url } from '@sallygate/base/bytes'
import type { Secret } from '@sallygate/base/secret'
import { newId } from './context.ts'
import { storeFailure } from './failures.ts'
import { isKnownMigration, schemaVersion } from './migrations.ts'
import type { Schema } from './schema.ts'
import { opensKeyCheck, sealKeyCheck } from './sealing.ts'

export interface Installation {
  readonly id: string
  readonly schemaVersion: number
  readonly createdAt: Date
  /** Set in backups only. */
  readonly backupTakenAt: Date | undefined
  readonly keyCheck: Buffer
}

export async function writeMeta(db: Kysely<Schema>, name: string, value: string): Promise<void> {
  await db
    .insertInto('meta')
    .values({ name, value })
    .onConflict((it) => it.column('name').doUpdateSet({ value }))
    .execute()
}

export async function writeInstallation(db: Kysely<Schema>, masterKey: Secret<Buffer>, now: Date): Promise<void> {
  const id = newId()
  await writeMeta(db, 'installationId', id)
  await writeMeta(db, 'createdAt', now.toISOString())
  await writeMeta(db, 'schemaVersion', String(schemaVersion))
  await writeMeta(db, 'keyCheck', toBase64Url(sealKeyCheck(masterKey, id)))
}

/** @throws STORE_CORRUPT when a row that is always there is not. */
export async function readInstallation(db: Kysely<Schema>, path: string): Promise<Installation> {
  const rows = new Map((await db.selectFrom('meta').selectAll().execute()).map(({ name, value }) => [name, value]))
  const need = (name: string): string => {
    const value = rows.get(name)
    if (value === undefined) throw storeFailure('CORRUPT', { details: { path, missing: name } })
    return value
  }
  const taken = rows.get('backupTakenAt')
  return {
    id: need('installationId'),
    schemaVersion: Number(need('schemaVersion')),
    createdAt: new Date(need('createdAt')),
    backupTakenAt: taken === undefined ? undefined : new Date(taken),
    keyCheck: fromBase64Url(need('keyCheck')),
  }
}

/** Refuses before anything is written: a newer program may have given old columns new meanings. */
export async function refuseNewer(db: Kysely<Schema>, path: string): Promise<void> {
  const names = await (db as unknown as Kysely<{ kysely_migration: { name: string } }>)
    .selectFrom('kysely_migration')
    .select('name')
    .orderBy('name')
    .execute()
  const unknown = names.find(({ name }) => !isKnownMigration(name))
  if (unknown === undefined) return
  throw storeFailure('TOO_NEW', { details: { path, schema: unknown.name, known: schemaVersion } })
}

/** @returns which of the keys opens the database. @throws STORE_WRONG_KEY. */
export function chooseKey(
  installation: Installation,
  path: string,
  keys: { readonly key: Secret<Buffer>; readonly next: Secret<Buffer> | undefined },
): 'key' | 'next' {
  if (opensKeyCheck(keys.key, installation.id, installation.keyCheck)) return 'key'
  if (keys.next !== undefined && opensKeyCheck(keys.next, installation.id, installation.keyCheck)) return 'next'
  throw storeFailure('WRONG_KEY', { details: { path } })
}
