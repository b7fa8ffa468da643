/**
 * Organization groups: the tree everything else belongs to.
 *
 * Names are unique below one parent, and none is drawn like its sibling's. What a
 * move changes is shown by those who know the settings; here it is only made.
 *
 * @module
 */
import type { Kysely } from 'kysely'
import { checkNameAgainst, groupFailure, GroupTree } from '@sallygate/domain'
import { inTransaction, newId, refuseDuplicate, type Context } from './context.ts'
import { storeFailure } from './failures.ts'
import { DeviceList } from './device-list.ts'
import { ofDevices } from './devices.ts'
import { hold } from './hold.ts'
import { NacFeed } from './nac-feed.ts'
import { foldName, readName } from './names.ts'
import type { Schema } from './schema.ts'

export interface OrganizationGroup {
  readonly id: string
  readonly name: string
  readonly parent: string | undefined
  readonly createdAt: Date
}

export interface NewOrganizationGroup {
  readonly name: string
  readonly parent?: string | undefined
  /** Given only when the identity is known from elsewhere. */
  readonly id?: string
}

export class Groups {
  readonly #context: Context
  constructor(context: Context) {
    this.#context = context
  }

  /** @throws STORE_NAME_INVALID, STORE_NAME_TAKEN, GROUP_*, STORE_NOT_FOUND when the parent does not exist. */
  async add(group: NewOrganizationGroup): Promise<OrganizationGroup> {
    const { vault, clock } = this.#context
    const { shown, key } = readName(group.name)
    const id = group.id ?? newId()
    const row = {
      id,
      parentId: group.parent ?? null,
      parentKey: group.parent ?? '',
      name: shown,
      nameKey: key,
      createdAt: clock.now().getTime(),
    }
    await inTransaction(this.#context, async (db) => {
      await hold(db, 'groups')
      const inside = new Groups({ ...this.#context, db })
      if (group.parent !== undefined) await inside.get(group.parent)
      const all = await inside.list()
      new GroupTree(all).checkAdd(group.parent)
      checkLook(row, all)
      await refuseDuplicate('NAME_TAKEN', 'group', db.insertInto('groups').values(row).execute())
      await vault.addDataKey(db, id, clock.now())
      await this.#tellNac(db, id, present(row))
    })
    return present(row)
  }

  /** @throws STORE_NOT_FOUND, STORE_NAME_INVALID, STORE_NAME_TAKEN, GROUP_NAME_*. */
  rename(id: string, name: string): Promise<OrganizationGroup> {
    const { shown, key } = readName(name)
    return this.#change(id, (group) => ({ ...group, name: shown, nameKey: key }))
  }

  /** @throws STORE_NOT_FOUND, STORE_NAME_TAKEN, GROUP_CYCLE, GROUP_TOO_DEEP, GROUP_NAME_LOOKS_LIKE. */
  move(id: string, to: string | undefined): Promise<OrganizationGroup> {
    return this.#change(id, (group, all) => {
      if (to !== undefined && !all.some((one) => one.id === to)) throw notThere()
      new GroupTree(all).checkMove(id, to)
      return { ...group, parentId: to ?? null, parentKey: to ?? '' }
    })
  }

  /** With everything that is only its own. @throws STORE_NOT_FOUND, GROUP_NOT_EMPTY, GROUP_LAST. */
  remove(id: string): Promise<void> {
    return inTransaction(this.#context, async (db) => {
      await hold(db, 'groups')
      const all = await new Groups({ ...this.#context, db }).list()
      if (!all.some((group) => group.id === id)) throw notThere()
      const children = all.filter(({ parent }) => parent === id).length
      const connectors = await activeInstances(db, id)
      const devices = await new DeviceList({ ...this.#context, db }).count({ groups: [id] })
      if (children + connectors + devices > 0)
        throw groupFailure('NOT_EMPTY', { details: { children, connectors, devices } })
      if (all.length === 1) throw groupFailure('LAST')
      await removeOwned(db, id)
      await db.deleteFrom('groups').where('id', '=', id).execute()
      await this.#tellNac(db, id, undefined)
    })
  }

  async #change(
    id: string,
    change: (group: Schema['groups'], all: readonly OrganizationGroup[]) => Schema['groups'],
  ): Promise<OrganizationGroup> {
    return inTransaction(this.#context, async (db) => {
      await hold(db, 'groups')
      const before = await db.selectFrom('groups').selectAll().where('id', '=', id).executeTakeFirst()
      if (before === undefined) throw notThere()
      const all = await new Groups({ ...this.#context, db }).list()
      const after = change(before, all)
      checkLook(after, all)
      const { name, nameKey, parentId, parentKey } = after
      const update = db.updateTable('groups').set({ name, nameKey, parentId, parentKey }).where('id', '=', id)
      await refuseDuplicate('NAME_TAKEN', 'group', update.execute())
      await this.#tellNac(db, id, present(after))
      return present(after)
    })
  }

  /** What an account of nac sees depends on where its group stands. */
  #tellNac(db: Kysely<Schema>, id: string, group: OrganizationGroup | undefined): Promise<void> {
    const feed = new NacFeed({ ...this.#context, db })
    if (group === undefined) return feed.append({ kind: 'group', id })
    const { name, parent } = group
    return feed.append({ kind: 'group', id, value: { id, name, ...(parent === undefined ? {} : { parent }) } })
  }

  /** @throws STORE_NOT_FOUND. */
  async get(id: string): Promise<OrganizationGroup> {
    const group = await this.find(id)
    if (group === undefined) throw notThere()
    return group
  }

  async find(id: string): Promise<OrganizationGroup | undefined> {
    const row = await this.#context.db.selectFrom('groups').selectAll().where('id', '=', id).executeTakeFirst()
    return row === undefined ? undefined : present(row)
  }

  async findByName(name: string, parent?: string): Promise<OrganizationGroup | undefined> {
    const row = await this.#context.db
      .selectFrom('groups')
      .selectAll()
      .where('parentKey', '=', parent ?? '')
      .where('nameKey', '=', foldName(name))
      .executeTakeFirst()
    return row === undefined ? undefined : present(row)
  }

  /** All groups, or the children of one; by name. */
  async list(options: { readonly parent?: string } = {}): Promise<readonly OrganizationGroup[]> {
    let query = this.#context.db.selectFrom('groups').selectAll().orderBy('nameKey').orderBy('id')
    if (options.parent !== undefined) query = query.where('parentKey', '=', options.parent)
    return (await query.execute()).map(present)
  }
}

/** Equal names are refused by the unique rule, with its own words. */
function checkLook(row: Schema['groups'], all: readonly OrganizationGroup[]): void {
  const siblings = all.filter(({ id, parent }) => id !== row.id && (parent ?? '') === row.parentKey)
  checkNameAgainst(
    row.name,
    siblings.map(({ name }) => name).filter((name) => foldName(name) !== row.nameKey),
  )
}

async function activeInstances(db: Kysely<Schema>, group: string): Promise<number> {
  const query = db.selectFrom('instances').select('id').where('groupId', '=', group).where('status', '!=', 'revoked')
  return (await query.execute()).length
}

/** Keys before the certificates they belong to. Revoked connectors go with the authority that made them. */
const owned = [
  'keys',
  'instances',
  'certificates',
  'enrollmentCodes',
  'installers',
  'serviceSecrets',
  'serviceSettings',
  'settingsPages',
  'trustSets',
  'traces',
  'devicePolicies',
  'deviceEnrollmentCodes',
  'deviceSources',
  'agentSecrets',
  'mdmSources',
  'mailMessages',
  'directoryRuns',
  'directoryScopes',
] as const

async function removeOwned(db: Kysely<Schema>, group: string): Promise<void> {
  const targets = db.selectFrom('syslogTargets').select('id').where('groupId', '=', group)
  await db.deleteFrom('syslogPositions').where('target', 'in', targets).execute()
  await db.deleteFrom('syslogTargets').where('groupId', '=', group).execute()
  const sources = db.selectFrom('mdmSources').select('id').where('groupId', '=', group)
  const mails = db.selectFrom('mailMessages').select('id').where('groupId', '=', group)
  for (const table of ['mailAttempts', 'mailRecipients'] as const)
    await db.deleteFrom(table).where('message', 'in', mails).execute()
  const scopes = db.selectFrom('directoryScopes').select('scope').where('groupId', '=', group)
  const runs = db.selectFrom('directoryRuns').select('run').where('groupId', '=', group)
  const objects = db.selectFrom('directoryObjects').select('number').where('scope', 'in', scopes)
  for (const side of ['parent', 'child'] as const)
    await db.deleteFrom('directoryMembers').where(side, 'in', objects).execute()
  for (const table of ['directoryLooseMembers', 'directoryWords'] as const)
    await db.deleteFrom(table).where('scope', 'in', scopes).execute()
  const contents = [
    db.selectFrom('directoryObjects').select('content').where('scope', 'in', scopes),
    db.selectFrom('directoryStaged').select('content').where('run', 'in', runs).where('content', 'is not', null),
  ] as const
  await db.deleteFrom('directoryContents').where('content', 'in', contents[0]).execute()
  await db.deleteFrom('directoryContents').where('content', 'in', contents[1]).execute()
  await db.deleteFrom('directoryObjects').where('scope', 'in', scopes).execute()
  for (const table of ['directoryStagedMembers', 'directoryStaged', 'directoryFirst'] as const)
    await db.deleteFrom(table).where('run', 'in', runs).execute()
  await db.deleteFrom('mdmSourceDevices').where('source', 'in', sources).execute()
  for (const table of owned) await db.deleteFrom(table).where('groupId', '=', group).execute()
  // Those that are left are deleted ones.
  const devices = db.selectFrom('devices').select('id').where('groupId', '=', group)
  for (const table of ofDevices) await db.deleteFrom(table).where('deviceId', 'in', devices).execute()
  await db.deleteFrom('devices').where('groupId', '=', group).execute()
  await db.deleteFrom('dataKeys').where('scope', '=', group).execute()
}

const notThere = () => storeFailure('NOT_FOUND', { details: { what: 'group' } })

function present(row: Schema['groups']): OrganizationGroup {
  return { id: row.id, name: row.name, parent: row.parentId ?? undefined, createdAt: new Date(row.createdAt) }
}
