/**
 * Enrollment codes of devices: kept as digests, used by one statement, so that a code
 * for one device brings in one device, however many try at once.
 *
 * @module
 */
import { sha256, toHex, type Bytes } from '@sallygate/base/bytes'
import { newId, toDate, type Context } from './context.ts'
import type { Schema } from './schema.ts'

export interface DeviceEnrollmentCode {
  readonly id: string
  readonly group: string
  /** What an administrator calls it. */
  readonly label: string
  /** The user has to prove who he is, through the group's directory. */
  readonly needsLogin: boolean
  readonly usesLeft: number
  readonly createdAt: Date
  readonly expiresAt: Date
  readonly revokedAt: Date | undefined
  readonly usedAt: Date | undefined
}

export interface NewDeviceEnrollmentCode {
  readonly group: string
  readonly secret: Bytes
  readonly label: string
  readonly needsLogin: boolean
  readonly uses: number
  readonly expiresAt: Date
}

export class DeviceEnrollmentCodes {
  readonly #context: Context
  constructor(context: Context) {
    this.#context = context
  }

  async add(code: NewDeviceEnrollmentCode): Promise<DeviceEnrollmentCode> {
    const row: Schema['deviceEnrollmentCodes'] = {
      id: newId(),
      groupId: code.group,
      digest: digestOf(code.secret),
      label: code.label,
      needsLogin: code.needsLogin ? 1 : 0,
      usesLeft: code.uses,
      createdAt: this.#context.clock.now().getTime(),
      expiresAt: code.expiresAt.getTime(),
      revokedAt: null,
      usedAt: null,
    }
    await this.#context.db.insertInto('deviceEnrollmentCodes').values(row).execute()
    return present(row)
  }

  /** A code that can be used now. It is not used by looking at it. */
  async look(secret: Bytes): Promise<DeviceEnrollmentCode | undefined> {
    const { db, clock } = this.#context
    const row = await db
      .selectFrom('deviceEnrollmentCodes')
      .selectAll()
      .where('digest', '=', digestOf(secret))
      .executeTakeFirst()
    const isGood = row !== undefined && row.revokedAt === null && row.expiresAt > clock.now().getTime()
    return isGood && row.usesLeft > 0 ? present(row) : undefined
  }

  /** Uses it once. @returns whether there was a use left. */
  async use(id: string): Promise<boolean> {
    const { db, clock } = this.#context
    const now = clock.now().getTime()
    const used = await db
      .updateTable('deviceEnrollmentCodes')
      .set((it) => ({ usesLeft: it('usesLeft', '-', 1), usedAt: now }))
      .where('id', '=', id)
      .where('usesLeft', '>', 0)
      .where('revokedAt', 'is', null)
      .where('expiresAt', '>', now)
      .executeTakeFirst()
    return used.numUpdatedRows > 0n
  }

  /** @returns whether there was such a code of the group. */
  async revoke(group: string, id: string): Promise<boolean> {
    const { db, clock } = this.#context
    const revoked = await db
      .updateTable('deviceEnrollmentCodes')
      .set({ revokedAt: clock.now().getTime() })
      .where('id', '=', id)
      .where('groupId', '=', group)
      .executeTakeFirst()
    return revoked.numUpdatedRows > 0n
  }

  /** Newest first. */
  async list(group: string): Promise<readonly DeviceEnrollmentCode[]> {
    const query = this.#context.db.selectFrom('deviceEnrollmentCodes').selectAll().where('groupId', '=', group)
    return (await query.orderBy('createdAt', 'desc').orderBy('id').execute()).map(present)
  }

  /** Those that ended before a moment. */
  async forget(before: Date): Promise<void> {
    await this.#context.db.deleteFrom('deviceEnrollmentCodes').where('expiresAt', '<', before.getTime()).execute()
  }
}

/** A secret of 128 random bits or more: a fast digest is enough. */
function digestOf(secret: Bytes): Buffer {
  return sha256(Buffer.from('sallygate device enrollment code '), Buffer.from(toHex(secret)))
}

function present(row: Schema['deviceEnrollmentCodes']): DeviceEnrollmentCode {
  return {
    id: row.id,
    group: row.groupId,
    label: row.label,
    needsLogin: row.needsLogin === 1,
    usesLeft: row.usesLeft,
    createdAt: new Date(row.createdAt),
    expiresAt: new Date(row.expiresAt),
    revokedAt: toDate(row.revokedAt),
    usedAt: toDate(row.usedAt),
  }
}
