/**
 * Sessions of signed-in administrators: 256 random bits, of which the store keeps a digest.
 *
 * A session ends by itself: after half an hour without a request, and after twelve
 * hours in any case.
 *
 * @module
 */
import { encodeUtf8, randomBytes, sha256, toBase64Url, toHex } from '@sallygate/base/bytes'
import { Secret } from '@sallygate/base/secret'
import { inTransaction, type Context } from './context.ts'

export interface Session {
  readonly admin: string
  readonly createdAt: Date
  /** The end at the latest; without requests it ends earlier. */
  readonly expiresAt: Date
}

/** What somebody signed in with, as far as it says; enough to know one's own again, and too little to follow anybody. */
export interface SessionOrigin {
  /** Such as `Firefox on Linux`. */
  readonly browser: string | undefined
  readonly addressFamily: 'IPv4' | 'IPv6' | undefined
}

export interface ListedSession extends Session, SessionOrigin {
  /** For ending this one; nobody signs in with it. */
  readonly id: string
  /** To the minute. */
  readonly lastSeenAt: Date
  /** The one that asks. */
  readonly isThis: boolean
}

const idleMs = 30 * 60_000
const absoluteMs = 12 * 3_600_000
/** A request a second must not be a write a second. */
const touchAfterMs = 60_000
/** More than anybody has browsers; the one that was used longest ago goes. */
const mostPerAdmin = 20
const longestBrowser = 100

const shape = /^[A-Za-z0-9_-]{43}$/

export class SessionStore {
  readonly #context: Context
  constructor(context: Context) {
    this.#context = context
  }

  /** Ends what has run out on the way, so that the table does not grow for ever. */
  start(admin: string, origin?: SessionOrigin): Promise<{ readonly session: Session; readonly token: Secret }> {
    const now = this.#context.clock.now().getTime()
    const token = toBase64Url(randomBytes(32))
    const row = {
      digest: digestOf(token),
      adminId: admin,
      createdAt: now,
      lastSeenAt: now,
      expiresAt: now + absoluteMs,
      browser: origin?.browser?.slice(0, longestBrowser) ?? null,
      addressFamily: origin?.addressFamily ?? null,
    }
    return inTransaction(this.#context, async (db) => {
      await db
        .deleteFrom('sessions')
        .where((it) => it.or([it('expiresAt', '<=', now), it('lastSeenAt', '<=', now - idleMs)]))
        .execute()
      const own = db.selectFrom('sessions').select('digest').where('adminId', '=', admin)
      const old = await own
        .orderBy('lastSeenAt', 'desc')
        .offset(mostPerAdmin - 1)
        .limit(1000)
        .execute()
      for (const { digest } of old) await db.deleteFrom('sessions').where('digest', '=', digest).execute()
      await db.insertInto('sessions').values(row).execute()
      return { session: present(row), token: new Secret(token) }
    })
  }

  /** @returns `undefined` for what is unknown, ended or has run out. */
  async check(token: string): Promise<Session | undefined> {
    if (!shape.test(token)) return undefined
    const { db, clock } = this.#context
    const digest = digestOf(token)
    const row = await db.selectFrom('sessions').selectAll().where('digest', '=', digest).executeTakeFirst()
    const now = clock.now().getTime()
    if (row === undefined || row.expiresAt <= now || row.lastSeenAt + idleMs <= now) return undefined
    if (now - row.lastSeenAt >= touchAfterMs)
      await db.updateTable('sessions').set({ lastSeenAt: now }).where('digest', '=', digest).execute()
    return present(row)
  }

  /** Those of an administrator that still count, the one used last first; never more than twenty. */
  async list(admin: string, asking?: string): Promise<readonly ListedSession[]> {
    const { db, clock } = this.#context
    const now = clock.now().getTime()
    const own = asking === undefined ? undefined : digestOf(asking)
    const rows = await db
      .selectFrom('sessions')
      .selectAll()
      .where('adminId', '=', admin)
      .where('expiresAt', '>', now)
      .where('lastSeenAt', '>', now - idleMs)
      .orderBy('lastSeenAt', 'desc')
      .orderBy('createdAt', 'desc')
      .limit(mostPerAdmin)
      .execute()
    return rows.map((row) => ({
      ...present(row),
      id: idOf(row.digest),
      browser: row.browser ?? undefined,
      addressFamily: familyOf(row.addressFamily),
      lastSeenAt: new Date(row.lastSeenAt),
      isThis: own !== undefined && own.equals(row.digest),
    }))
  }

  /** One of an administrator's, by the id it is listed under. @returns whether he had it. */
  async endOne(admin: string, id: string): Promise<boolean> {
    return inTransaction(this.#context, async (db) => {
      const rows = await db.selectFrom('sessions').select('digest').where('adminId', '=', admin).execute()
      const row = rows.find(({ digest }) => idOf(digest) === id)
      if (row === undefined) return false
      await db.deleteFrom('sessions').where('digest', '=', row.digest).execute()
      return true
    })
  }

  async end(token: string): Promise<void> {
    await this.#context.db.deleteFrom('sessions').where('digest', '=', digestOf(token)).execute()
  }

  /** All of an administrator's, or all but the one that asks for it. */
  async endAll(admin: string, except?: string): Promise<void> {
    let query = this.#context.db.deleteFrom('sessions').where('adminId', '=', admin)
    if (except !== undefined) query = query.where('digest', '!=', digestOf(except))
    await query.execute()
  }
}

function digestOf(token: string): Buffer {
  return sha256(encodeUtf8(token))
}

/** A digest of the digest: it names a session, and leads back to nothing. */
function idOf(digest: Uint8Array): string {
  return toHex(sha256(encodeUtf8('session id\n'), digest).subarray(0, 16))
}

function familyOf(text: string | null): SessionOrigin['addressFamily'] {
  return text === 'IPv4' || text === 'IPv6' ? text : undefined
}

function present(row: { adminId: string; createdAt: number; expiresAt: number }): Session {
  return { admin: row.adminId, createdAt: new Date(row.createdAt), expiresAt: new Date(row.expiresAt) }
}
