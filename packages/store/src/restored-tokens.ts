/**
 * What a restore does to what people and programs get in with: what it takes from them, and what it gives them back.
 *
 * Told by comparing the backup with the database it replaces, where that can be read
 * and is of the same installation. Sessions are in no backup: everybody signs in again.
 *
 * @module
 */
import { DatabaseSync } from 'node:sqlite'

export interface RestoredTokens {
  /** Made since the backup: the restored console does not know them. Names; of a code that has none, its id. */
  readonly forgotten: { readonly apiKeys: readonly string[]; readonly enrollmentCodes: readonly string[] }
  /** Revoked or used since the backup: they count again. */
  readonly revived: { readonly apiKeys: readonly string[]; readonly enrollmentCodes: readonly string[] }
  /** Administrators who were signed in. */
  readonly signedOut: readonly string[]
}

interface Token {
  readonly id: string
  readonly name: string
  readonly isOver: boolean
}

/** @returns `undefined` where what was there cannot be read, or is of another installation. */
export function compareTokens(backup: string, replaced: string, now: Date): RestoredTokens | undefined {
  try {
    return withBoth(backup, replaced, (then, before) => {
      if (installationOf(then) !== installationOf(before)) return undefined
      const keys = compare(apiKeysOf(then, now), apiKeysOf(before, now))
      const codes = compare(codesOf(then, now), codesOf(before, now))
      return {
        forgotten: { apiKeys: keys.forgotten, enrollmentCodes: codes.forgotten },
        revived: { apiKeys: keys.revived, enrollmentCodes: codes.revived },
        signedOut: signedInAt(before, now),
      }
    })
  } catch {
    // Damage is what one restores for; nothing can be said then.
    return undefined
  }
}

function withBoth<T>(backup: string, replaced: string, use: (then: DatabaseSync, before: DatabaseSync) => T): T {
  const then = new DatabaseSync(backup, { readOnly: true })
  try {
    const before = new DatabaseSync(replaced, { readOnly: true })
    try {
      return use(then, before)
    } finally {
      before.close()
    }
  } finally {
    then.close()
  }
}

function compare(then: readonly Token[], before: readonly Token[]) {
  const [known, last] = [byId(then), byId(before)]
  return {
    forgotten: before.filter(({ id, isOver }) => !isOver && !known.has(id)).map(({ name }) => name),
    revived: then.filter(({ id, isOver }) => !isOver && last.get(id)?.isOver === true).map(({ name }) => name),
  }
}

const byId = (tokens: readonly Token[]) => new Map(tokens.map((token) => [token.id, token]))

function installationOf(database: DatabaseSync): unknown {
  return database.prepare("select value from meta where name = 'installationId'").get()?.['value']
}

function apiKeysOf(database: DatabaseSync, now: Date): readonly Token[] {
  const sql = `select id, name, "revokedAt" is not null or coalesce("expiresAt" <= ?, 0) as "isOver" from "apiKeys"`
  return tokensOf(database, sql, now)
}

function codesOf(database: DatabaseSync, now: Date): readonly Token[] {
  const sql = `select "codeId" as id, name, "usedAt" is not null or "expiresAt" <= ? as "isOver" from "enrollmentCodes"`
  return tokensOf(database, sql, now)
}

function tokensOf(database: DatabaseSync, sql: string, now: Date): readonly Token[] {
  const rows = database.prepare(sql).all(now.getTime())
  return rows.map(({ id, name, isOver }) => ({
    id: String(id),
    name: String(name) === '' ? String(id) : String(name),
    isOver: isOver === 1,
  }))
}

function signedInAt(database: DatabaseSync, now: Date): readonly string[] {
  const sql = `select distinct admins.name as name from sessions join admins on admins.id = sessions."adminId"
    where sessions."expiresAt" > ? order by name`
  return database
    .prepare(sql)
    .all(now.getTime())
    .map(({ name }) => String(name))
}
