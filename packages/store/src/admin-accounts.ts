/**
 * What an administrator's account is besides its name and password: whose it is, and whether it may be used.
 *
 * @module
 */
import type { Bytes } from '@sallygate/base/bytes'
import { Secret } from '@sallygate/base/secret'
import { toDate, type Context } from './context.ts'
import { storeFailure } from './failures.ts'
import { hold } from './hold.ts'
import type { Schema } from './schema.ts'

/** `directory`: the password is checked by a directory, and none is stored here. */
export type AccountKind = 'local' | 'directory'

export interface AdminAccount {
  readonly admin: string
  readonly kind: AccountKind
  /** The group the account belongs to; `undefined` is the whole installation. */
  readonly group: string | undefined
  readonly disabledAt: Date | undefined
  readonly expiresAt: Date | undefined
  readonly pinHash: string | undefined
  readonly hasTotp: boolean
}

export interface AccountChange {
  readonly disabledAt?: Date | undefined
  readonly expiresAt?: Date | undefined
  readonly pinHash?: string | undefined
}

export class AdminAccounts {
  readonly #context: Context
  constructor(context: Context) {
    this.#context = context
  }

  async add(account: Pick<AdminAccount, 'admin' | 'kind' | 'group' | 'expiresAt'>): Promise<void> {
    const { admin: adminId, kind, group, expiresAt } = account
    const row: Schema['adminAccounts'] = {
      adminId,
      kind,
      groupKey: group ?? '',
      disabledAt: null,
      expiresAt: expiresAt?.getTime() ?? null,
      pinHash: null,
      totpSealed: null,
      totpConfirmedAt: null,
      totpStep: 0,
    }
    await this.#context.db.insertInto('adminAccounts').values(row).execute()
  }

  /** First in a transaction that reads all accounts to decide about one. */
  async holdAll(): Promise<void> {
    await hold(this.#context.db, 'adminAccounts')
  }

  async find(admin: string): Promise<AdminAccount | undefined> {
    const { db } = this.#context
    const row = await db.selectFrom('adminAccounts').selectAll().where('adminId', '=', admin).executeTakeFirst()
    return row === undefined ? undefined : present(row)
  }

  async list(): Promise<readonly AdminAccount[]> {
    return (await this.#context.db.selectFrom('adminAccounts').selectAll().execute()).map(present)
  }

  /** Members that are named are set, also to `undefined`. @throws STORE_NOT_FOUND. */
  async change(admin: string, change: AccountChange): Promise<void> {
    const set = {
      ...('disabledAt' in change ? { disabledAt: change.disabledAt?.getTime() ?? null } : {}),
      ...('expiresAt' in change ? { expiresAt: change.expiresAt?.getTime() ?? null } : {}),
      ...('pinHash' in change ? { pinHash: change.pinHash ?? null } : {}),
    }
    if (Object.keys(set).length === 0) return
    const query = this.#context.db.updateTable('adminAccounts').set(set).where('adminId', '=', admin)
    const { numUpdatedRows } = await query.executeTakeFirst()
    if (numUpdatedRows === 0n) throw storeFailure('NOT_FOUND', { details: { what: 'administrator' } })
  }

  /** The account with its sessions, roles and codes. The name is free afterwards. @throws STORE_NOT_FOUND. */
  async remove(admin: string): Promise<void> {
    const { db } = this.#context
    for (const table of ['sessions', 'recoveryCodes', 'adminAccounts'] as const)
      await db.deleteFrom(table).where('adminId', '=', admin).execute()
    await db.deleteFrom('roleAssignments').where('subjectKind', '=', 'admin').where('subjectId', '=', admin).execute()
    const { numDeletedRows } = await db.deleteFrom('admins').where('id', '=', admin).executeTakeFirst()
    if (numDeletedRows === 0n) throw storeFailure('NOT_FOUND', { details: { what: 'administrator' } })
  }

  /** A second factor that is not asked for before it was confirmed. */
  async setTotp(admin: string, secret: Secret<Bytes>, digests: readonly Bytes[]): Promise<void> {
    const { db, vault } = this.#context
    const totpSealed = await vault.seal(db, placeOf(admin), secret.reveal())
    const set = { totpSealed, totpConfirmedAt: null, totpStep: 0 }
    await db.updateTable('adminAccounts').set(set).where('adminId', '=', admin).execute()
    await db.deleteFrom('recoveryCodes').where('adminId', '=', admin).execute()
    for (const digest of digests) await db.insertInto('recoveryCodes').values({ adminId: admin, digest }).execute()
  }

  async totpSecret(admin: string): Promise<Secret<Bytes> | undefined> {
    const { db, vault } = this.#context
    const query = db.selectFrom('adminAccounts').select('totpSealed').where('adminId', '=', admin)
    const sealed = (await query.executeTakeFirst())?.totpSealed
    if (sealed === undefined || sealed === null) return undefined
    return vault.open(db, placeOf(admin), sealed)
  }

  async clearTotp(admin: string): Promise<void> {
    const { db } = this.#context
    const set = { totpSealed: null, totpConfirmedAt: null, totpStep: 0 }
    await db.updateTable('adminAccounts').set(set).where('adminId', '=', admin).execute()
    await db.deleteFrom('recoveryCodes').where('adminId', '=', admin).execute()
  }

  async confirmTotp(admin: string): Promise<void> {
    const set = { totpConfirmedAt: this.#context.clock.now().getTime() }
    await this.#context.db.updateTable('adminAccounts').set(set).where('adminId', '=', admin).execute()
  }

  /** Uses up the codes of a step and of all before it. Of two that come with one code, one gets `true`. */
  async useTotpStep(admin: string, step: number): Promise<boolean> {
    const query = this.#context.db
      .updateTable('adminAccounts')
      .set({ totpStep: step })
      .where('adminId', '=', admin)
      .where('totpStep', '<', step)
    return (await query.executeTakeFirst()).numUpdatedRows === 1n
  }

  async useRecoveryCode(admin: string, digest: Bytes): Promise<boolean> {
    const query = this.#context.db.deleteFrom('recoveryCodes').where('adminId', '=', admin).where('digest', '=', digest)
    return (await query.executeTakeFirst()).numDeletedRows === 1n
  }
}

function placeOf(admin: string) {
  return { table: 'adminAccounts', column: 'totpSealed', row: admin, group: undefined }
}

function present(row: Schema['adminAccounts']): AdminAccount {
  return {
    admin: row.adminId,
    kind: row.kind as AccountKind,
    group: row.groupKey === '' ? undefined : row.groupKey,
    disabledAt: toDate(row.disabledAt),
    expiresAt: toDate(row.expiresAt),
    pinHash: row.pinHash ?? undefined,
    hasTotp: row.totpConfirmedAt !== null,
  }
}
