/**
 * Roles that people made, and who has which role where.
 *
 * What a resource is, and which roles are built in, the console knows; here they are words.
 *
 * @module
 */
import { newId, refuseDuplicate, type Context } from './context.ts'
import { storeFailure } from './failures.ts'
import { readName } from './names.ts'
import type { Schema } from './schema.ts'

export interface StoredRole {
  readonly id: string
  /** Usable in this group and below; `undefined` is the whole installation. */
  readonly group: string | undefined
  readonly name: string
  readonly resources: readonly string[]
}

export type SubjectKind = 'admin' | 'apiKey'

export interface RoleAssignment {
  readonly subjectKind: SubjectKind
  readonly subject: string
  readonly role: string
  /** `undefined` is the whole installation. */
  readonly group: string | undefined
}

export class Roles {
  readonly #context: Context
  constructor(context: Context) {
    this.#context = context
  }

  /** @throws STORE_NAME_INVALID, STORE_NAME_TAKEN. */
  async add(role: Omit<StoredRole, 'id'>): Promise<StoredRole> {
    const { db, clock } = this.#context
    const { shown, key } = readName(role.name)
    const row = {
      id: newId(),
      groupKey: role.group ?? '',
      name: shown,
      nameKey: key,
      resources: JSON.stringify(role.resources),
      createdAt: clock.now().getTime(),
    }
    await refuseDuplicate('NAME_TAKEN', 'role', db.insertInto('roles').values(row).execute())
    return present(row)
  }

  async find(id: string): Promise<StoredRole | undefined> {
    const row = await this.#context.db.selectFrom('roles').selectAll().where('id', '=', id).executeTakeFirst()
    return row === undefined ? undefined : present(row)
  }

  async list(): Promise<readonly StoredRole[]> {
    return (await this.#context.db.selectFrom('roles').selectAll().orderBy('nameKey').orderBy('id').execute()).map(
      present,
    )
  }

  /** @throws STORE_NOT_FOUND. */
  async setResources(id: string, resources: readonly string[]): Promise<void> {
    const set = { resources: JSON.stringify(resources) }
    const { numUpdatedRows } = await this.#context.db
      .updateTable('roles')
      .set(set)
      .where('id', '=', id)
      .executeTakeFirst()
    if (numUpdatedRows === 0n) throw storeFailure('NOT_FOUND', { details: { what: 'role' } })
  }

  /** Whoever had it has it no more. @throws STORE_NOT_FOUND. */
  async remove(id: string): Promise<void> {
    const { db } = this.#context
    await db.deleteFrom('roleAssignments').where('roleId', '=', id).execute()
    const { numDeletedRows } = await db.deleteFrom('roles').where('id', '=', id).executeTakeFirst()
    if (numDeletedRows === 0n) throw storeFailure('NOT_FOUND', { details: { what: 'role' } })
  }

  /** Assigning what is assigned changes nothing. */
  async assign(assignment: RoleAssignment): Promise<void> {
    const row = { ...keyOf(assignment), createdAt: this.#context.clock.now().getTime() }
    const { db } = this.#context
    await db
      .insertInto('roleAssignments')
      .values(row)
      .onConflict((it) => it.doNothing())
      .execute()
  }

  /** @throws STORE_NOT_FOUND. */
  async withdraw(assignment: RoleAssignment): Promise<void> {
    const key = keyOf(assignment)
    const { numDeletedRows } = await this.#context.db
      .deleteFrom('roleAssignments')
      .where('subjectKind', '=', key.subjectKind)
      .where('subjectId', '=', key.subjectId)
      .where('roleId', '=', key.roleId)
      .where('groupKey', '=', key.groupKey)
      .executeTakeFirst()
    if (numDeletedRows === 0n) throw storeFailure('NOT_FOUND', { details: { what: 'role assignment' } })
  }

  async assignmentsOf(subjectKind: SubjectKind, subject: string): Promise<readonly RoleAssignment[]> {
    const query = this.#context.db.selectFrom('roleAssignments').selectAll()
    const rows = await query.where('subjectKind', '=', subjectKind).where('subjectId', '=', subject).execute()
    return rows.map(presentAssignment)
  }

  async assignments(): Promise<readonly RoleAssignment[]> {
    return (await this.#context.db.selectFrom('roleAssignments').selectAll().execute()).map(presentAssignment)
  }
}

function keyOf({ subjectKind, subject, role, group }: RoleAssignment) {
  return { subjectKind, subjectId: subject, roleId: role, groupKey: group ?? '' }
}

function presentAssignment(row: Schema['roleAssignments']): RoleAssignment {
  return {
    subjectKind: row.subjectKind as SubjectKind,
    subject: row.subjectId,
    role: row.roleId,
    group: row.groupKey === '' ? undefined : row.groupKey,
  }
}

function present(row: Schema['roles']): StoredRole {
  return {
    id: row.id,
    group: row.groupKey === '' ? undefined : row.groupKey,
    name: row.name,
    resources: JSON.parse(row.resources) as string[],
  }
}
