/**
 * Accounts of administrators: made, changed and ended by others who have at least as much.
 *
 * An account belongs to a group. Whoever does not see the group does not see the account.
 *
 * @module
 */
import { randomBytes, toBase64Url } from '@sallygate/base/bytes'
import type { Log } from '@sallygate/base/log'
import { Secret } from '@sallygate/base/secret'
import type {
  AccountKind,
  Admin,
  AdminAccount,
  ListedSession,
  Passwords,
  RoleAssignment,
  Store,
} from '@sallygate/store'
import { consoleFailure } from '../failures.ts'
import type { Actor } from '../http/policy.ts'
import type { Delegation } from './delegation.ts'
import { keepingOne } from './last-administrator.ts'
import type { RoleBook } from './roles.ts'

export interface AccountParts {
  readonly store: Store
  readonly log: Log
  readonly passwords: Passwords
  readonly delegation: Delegation
  readonly roles: RoleBook
}

export interface ShownAccount {
  readonly admin: Admin
  readonly account: AdminAccount
  readonly assignments: readonly RoleAssignment[]
}

export interface NewAccount {
  readonly name: string
  readonly kind: AccountKind
  readonly password: Secret | undefined
  readonly group: string | undefined
  readonly role: string
  readonly expiresAt: Date | undefined
}

export class Accounts {
  readonly #parts: AccountParts

  constructor(parts: AccountParts) {
    this.#parts = parts
  }

  async list(actor: Actor): Promise<readonly ShownAccount[]> {
    const { store, delegation } = this.#parts
    const accounts = new Map((await store.adminAccounts.list()).map((account) => [account.admin, account]))
    const assignments = (await store.roles.assignments()).filter(({ subjectKind }) => subjectKind === 'admin')
    const shown: ShownAccount[] = []
    for (const admin of await store.admins.list()) {
      const account = accounts.get(admin.id)
      if (account === undefined || !(await delegation.reaches(actor, account.group))) continue
      shown.push({ admin, account, assignments: assignments.filter(({ subject }) => subject === admin.id) })
    }
    return shown
  }

  /** By id or name. @throws CONSOLE_NOT_FOUND. */
  async find(actor: Actor, reference: string): Promise<ShownAccount> {
    const { store, delegation } = this.#parts
    const admin = (await store.admins.find(reference)) ?? (await store.admins.findByName(reference))
    const account = admin === undefined ? undefined : await store.adminAccounts.find(admin.id)
    if (admin === undefined || account === undefined || !(await delegation.reaches(actor, account.group)))
      throw consoleFailure('NOT_FOUND')
    return { admin, account, assignments: await store.roles.assignmentsOf('admin', admin.id) }
  }

  /** @throws CONSOLE_FORBIDDEN, CONSOLE_NOT_FOUND for the role, STORE_NAME_TAKEN, STORE_NAME_INVALID, STORE_PASSWORD_LENGTH. */
  async add(actor: Actor, fresh: NewAccount): Promise<ShownAccount> {
    const { store, passwords, roles, log } = this.#parts
    const { name, kind, group, expiresAt } = fresh
    const role = await roles.requireGrantable(actor, fresh.role, group)
    // Of a directory account nobody knows this one.
    const passwordHash = await passwords.hash(fresh.password ?? new Secret(toBase64Url(randomBytes(32))))
    const { id } = await store.transaction(async (inside) => {
      const admin = await inside.admins.add({ name, passwordHash })
      await inside.adminAccounts.add({ admin: admin.id, kind, group, expiresAt })
      await inside.roles.assign({ subjectKind: 'admin', subject: admin.id, role: role.id, group })
      return admin
    })
    log.info('administrator made', { admin: name, by: actor.name })
    return this.find(actor, id)
  }

  /** @throws CONSOLE_NOT_FOUND, CONSOLE_FORBIDDEN, CONSOLE_LAST_ADMINISTRATOR. */
  async change(
    actor: Actor,
    reference: string,
    change: { readonly disabledAt?: Date | undefined; readonly expiresAt?: Date | undefined },
  ): Promise<ShownAccount> {
    const { admin } = await this.#withinReach(actor, reference)
    await keepingOne(this.#parts.store, async (inside) => {
      await inside.adminAccounts.change(admin.id, change)
      if (change.disabledAt !== undefined) await inside.sessions.endAll(admin.id)
    })
    return this.find(actor, admin.id)
  }

  async remove(actor: Actor, reference: string): Promise<void> {
    const { admin } = await this.#withinReach(actor, reference)
    await keepingOne(this.#parts.store, (inside) => inside.adminAccounts.remove(admin.id))
    this.#parts.log.info('administrator removed', { admin: admin.name, by: actor.name })
  }

  /** Signs the account out everywhere, and takes its second factor and PIN away where that is wished. */
  async reset(
    actor: Actor,
    reference: string,
    options: { readonly password?: Secret | undefined; readonly clearTotp: boolean; readonly clearPin: boolean },
  ): Promise<ShownAccount> {
    const { store, passwords } = this.#parts
    const { admin, account } = await this.#withinReach(actor, reference)
    const { password, clearTotp, clearPin } = options
    // One's own asks for the password again, so that a screen left open gives nothing away.
    if (actor.kind === 'admin' && actor.id === admin.id)
      throw consoleFailure('FORBIDDEN', { details: { because: 'your own account: use /api/session' } })
    if (password !== undefined && account.kind !== 'local') throw consoleFailure('PASSWORD_ELSEWHERE')
    const passwordHash = password === undefined ? undefined : await passwords.hash(password)
    await store.transaction(async (inside) => {
      if (passwordHash !== undefined) await inside.admins.setPasswordHash(admin.id, passwordHash)
      if (clearTotp) await inside.adminAccounts.clearTotp(admin.id)
      if (clearPin) await inside.adminAccounts.change(admin.id, { pinHash: undefined })
      await inside.sessions.endAll(admin.id)
    })
    return this.find(actor, admin.id)
  }

  /** @param asking Session of the actor, which is told apart where it is among them. @throws CONSOLE_NOT_FOUND. */
  async sessions(actor: Actor, reference: string, asking: string | undefined): Promise<readonly ListedSession[]> {
    const { admin } = await this.find(actor, reference)
    return this.#parts.store.sessions.list(admin.id, asking)
  }

  /** @throws CONSOLE_NOT_FOUND, CONSOLE_FORBIDDEN. */
  async endSession(actor: Actor, reference: string, id: string): Promise<void> {
    const { admin } = await this.#withinReach(actor, reference)
    if (!(await this.#parts.store.sessions.endOne(admin.id, id))) throw consoleFailure('NOT_FOUND')
    this.#parts.log.info('session ended', { admin: admin.name, by: actor.name })
  }

  async assign(actor: Actor, reference: string, role: string, group: string | undefined): Promise<ShownAccount> {
    const { store, roles } = this.#parts
    const { admin } = await this.#withinReach(actor, reference)
    const { id } = await roles.requireGrantable(actor, role, group)
    await store.roles.assign({ subjectKind: 'admin', subject: admin.id, role: id, group })
    return this.find(actor, admin.id)
  }

  /** @throws CONSOLE_NOT_FOUND, CONSOLE_FORBIDDEN, CONSOLE_LAST_ADMINISTRATOR. */
  async withdraw(actor: Actor, reference: string, role: string, group: string | undefined): Promise<ShownAccount> {
    const { store, roles } = this.#parts
    const { admin } = await this.#withinReach(actor, reference)
    const { id } = await roles.find(actor, role)
    const assignment = { subjectKind: 'admin' as const, subject: admin.id, role: id, group }
    await keepingOne(store, (inside) => inside.roles.withdraw(assignment))
    return this.find(actor, admin.id)
  }

  /** An account with more than the actor has is seen, and left alone. */
  async #withinReach(actor: Actor, reference: string): Promise<ShownAccount> {
    const found = await this.find(actor, reference)
    await this.#parts.delegation.requireGrants(actor, found.assignments)
    return found
  }
}
