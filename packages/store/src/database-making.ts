/**
 * Making a new database, whole or not at all.
 *
 * It is made under another name and linked when whole: a first start that is cut
 * short leaves nothing that looks like a database.
 *
 * @module
 */
import { closeSync, linkSync, openSync, rmSync } from 'node:fs'
import { DatabaseSync } from 'node:sqlite'
import { Kysely } from 'kysely'
import { Migrator } from 'kysely/migration'
import { writeFailure } from '@sallygate/base/file'
import type { Secret } from '@sallygate/base/secret'
import { applicationId } from './database-file.ts'
import { storeFailure } from './failures.ts'
import { writeInstallation } from './meta.ts'
import { migrationProvider } from './migrations.ts'
import type { Schema } from './schema.ts'
import { sqliteTypes, type ColumnTypes } from './tables.ts'
import { named, NodeSqliteDialect } from './sqlite-dialect.ts'
import { Vault } from './vault.ts'

/** @throws STORE_DISK_FULL, STORE_CANNOT_WRITE, FILE_DISK_FULL, FILE_CANNOT_WRITE. */
export async function makeDatabase(path: string, masterKey: Secret<Buffer>, now: Date): Promise<void> {
  const temporary = `${path}.${process.pid}.making`
  rmSync(temporary, { force: true })
  const database = named(path, () => {
    // Private from the first byte; SQLite gives its log the same rights.
    closeSync(openSync(temporary, 'wx', 0o600))
    return new DatabaseSync(temporary)
  })
  const db = new Kysely<Schema>({ dialect: new NodeSqliteDialect(database, path, { wrote() {} }) })
  try {
    named(path, () => database.exec(`pragma synchronous = full; pragma application_id = ${applicationId}`))
    await migrate(db)
    await db.transaction().execute(async (inside) => {
      await writeInstallation(inside, masterKey, now)
      await new Vault(masterKey).addDataKey(inside, '', now)
    })
    database.close()
    publish(temporary, path)
  } catch (cause) {
    throw storeFailure.is(cause) ? cause : writeFailure(cause, path)
  } finally {
    if (database.isOpen) database.close()
    for (const end of ['', '-journal']) rmSync(`${temporary}${end}`, { force: true })
  }
}

/** A link is refused where the name exists: of two consoles that start at once, the second opens what the first made. */
function publish(temporary: string, path: string): void {
  try {
    linkSync(temporary, path)
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code !== 'EEXIST') throw cause
  }
}

/** @param schema Where the list of migrations is looked for; a database of SQLite has only one. */
export async function migrate(db: Kysely<Schema>, types: ColumnTypes = sqliteTypes, schema?: string): Promise<void> {
  const where = schema === undefined ? {} : { migrationTableSchema: schema }
  const { error } = await new Migrator({ db, provider: migrationProvider(types), ...where }).migrateToLatest()
  if (error !== undefined) throw error
}
