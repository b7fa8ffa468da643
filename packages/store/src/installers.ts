/**
 * Installers: bootstrap identities with a stated number of uses and days.
 *
 * @module
 */
import { refuseDuplicate, toDate, type Context } from './context.ts'
import type { Schema } from './schema.ts'

export interface NewInstaller {
  /** Of the bootstrap certificate, hex. */
  readonly keyId: string
  readonly group: string
  readonly uses: number
  readonly expiresAt: Date
}

export interface Installer {
  readonly keyId: string
  readonly group: string
  readonly usesLeft: number
  readonly createdAt: Date
  readonly expiresAt: Date
  readonly revokedAt: Date | undefined
}

export type InstallerUse =
  | { readonly kind: 'used'; readonly group: string; readonly usesLeft: number }
  | { readonly kind: 'refused'; readonly reason: 'unknown' | 'revoked' | 'expired' | 'usedUp' }

export class Installers {
  readonly #context: Context
  constructor(context: Context) {
    this.#context = context
  }

  async add(installer: NewInstaller): Promise<Installer> {
    if (!Number.isSafeInteger(installer.uses) || installer.uses < 1)
      throw new Error('an installer has at least one use')
    const row: Schema['installers'] = {
      keyId: installer.keyId,
      groupId: installer.group,
      usesLeft: installer.uses,
      createdAt: this.#context.clock.now().getTime(),
      expiresAt: installer.expiresAt.getTime(),
      revokedAt: null,
    }
    const { db } = this.#context
    await refuseDuplicate('DUPLICATE', 'installer', db.insertInto('installers').values(row).execute())
    return present(row)
  }

  /** Takes one use, in one statement: never below zero, however many try at once. */
  async use(keyId: string): Promise<InstallerUse> {
    const { db, clock } = this.#context
    const now = clock.now().getTime()
    const used = await db
      .updateTable('installers')
      .set((it) => ({ usesLeft: it('usesLeft', '-', 1) }))
      .where('keyId', '=', keyId)
      .where('usesLeft', '>', 0)
      .where('expiresAt', '>', now)
      .where('revokedAt', 'is', null)
      .returning(['groupId', 'usesLeft'])
      .executeTakeFirst()
    if (used !== undefined) return { kind: 'used', group: used.groupId, usesLeft: used.usesLeft }
    const installer = await this.find(keyId)
    if (installer === undefined) return { kind: 'refused', reason: 'unknown' }
    if (installer.revokedAt !== undefined) return { kind: 'refused', reason: 'revoked' }
    return { kind: 'refused', reason: installer.usesLeft === 0 ? 'usedUp' : 'expired' }
  }

  async find(keyId: string): Promise<Installer | undefined> {
    const { db } = this.#context
    const row = await db.selectFrom('installers').selectAll().where('keyId', '=', keyId).executeTakeFirst()
    return row === undefined ? undefined : present(row)
  }

  /** Newest first. */
  async list(group: string): Promise<readonly Installer[]> {
    const { db } = this.#context
    const query = db.selectFrom('installers').selectAll().where('groupId', '=', group)
    return (await query.orderBy('createdAt', 'desc').orderBy('keyId').execute()).map(present)
  }

  async revoke(keyId: string): Promise<void> {
    const { db, clock } = this.#context
    const revokedAt = clock.now().getTime()
    await db.updateTable('installers').set({ revokedAt }).where('keyId', '=', keyId).execute()
  }
}

function present(row: Schema['installers']): Installer {
  return {
    keyId: row.keyId,
    group: row.groupId,
    usesLeft: row.usesLeft,
    createdAt: new Date(row.createdAt),
    expiresAt: new Date(row.expiresAt),
    revokedAt: toDate(row.revokedAt),
  }
}
