/**
 * Settings of enterprise services, per group. Secret fields lie sealed in rows of their own.
 *
 * Whoever may edit where a service connects to must not thereby learn its
 * password: when host, port, encryption or trust change, stored secrets are
 * erased unless a new one comes with the change.
 *
 * @module
 */
import type { Kysely } from 'kysely'
import { encodeUtf8 } from '@sallygate/base/bytes'
import type { Json } from '@sallygate/base/json'
import { Secret } from '@sallygate/base/secret'
import { inTransaction, type Context } from './context.ts'
import { hold } from './hold.ts'
import type { Schema } from './schema.ts'
import type { Place } from './sealing.ts'

export type SettingsObject = Readonly<Record<string, Json>>

export interface ServiceSettings {
  readonly group: string
  readonly service: string
  /** Without the secret fields. */
  readonly settings: SettingsObject
  /** Which secret fields hold something. */
  readonly secretsSet: readonly string[]
  /** Rises with every change. */
  readonly generation: number
  readonly updatedAt: Date
}

export interface ServiceSettingsChange {
  readonly group: string
  readonly service: string
  /** The whole settings, without secret fields. */
  readonly settings: SettingsObject
  /** New values; `null` erases; what is not named stays. */
  readonly secrets?: Readonly<Record<string, Secret | null>>
  /** The fields of the service's contract that are secret. */
  readonly secretFields: readonly string[]
  /** The fields whose change erases stored secrets: host, port, encryption, trust. */
  readonly eraserFields: readonly string[]
}

export interface ServiceSettingsOutcome {
  readonly generation: number
  /** Secret fields that held something and no longer do. */
  readonly erased: readonly string[]
}

export class ServiceSettingsStore {
  readonly #context: Context
  constructor(context: Context) {
    this.#context = context
  }

  set(change: ServiceSettingsChange): Promise<ServiceSettingsOutcome> {
    checkFields(change)
    return inTransaction(this.#context, async (db) => {
      // Of two first changes at once, the second would not see the secret it has to erase.
      await hold(db, `serviceSettings/${change.group}/${change.service}`)
      const before = await this.#read(db, change.group, change.service)
      const erased = await this.#replaceSecrets(db, change, before)
      return { generation: await this.#write(db, change), erased }
    })
  }

  get(group: string, service: string): Promise<ServiceSettings | undefined> {
    return this.#read(this.#context.db, group, service)
  }

  async list(group: string): Promise<readonly ServiceSettings[]> {
    const { db } = this.#context
    const query = db.selectFrom('serviceSettings').select('service').where('groupId', '=', group).orderBy('service')
    const found: ServiceSettings[] = []
    for (const { service } of await query.execute()) {
      const settings = await this.#read(db, group, service)
      if (settings !== undefined) found.push(settings)
    }
    return found
  }

  /** For handing to the one process that needs them. @throws STORE_CANNOT_UNSEAL. */
  async openSecrets(group: string, service: string): Promise<Readonly<Record<string, Secret>>> {
    const { db, vault } = this.#context
    const opened: Record<string, Secret> = {}
    for (const row of await secretRows(db, group, service)) {
      const value = await vault.open(db, placeOf(group, service, row.field), row.sealed)
      opened[row.field] = new Secret(value.reveal().toString('utf8'))
    }
    return opened
  }

  async #read(db: Kysely<Schema>, group: string, service: string): Promise<ServiceSettings | undefined> {
    const row = await db
      .selectFrom('serviceSettings')
      .selectAll()
      .where('groupId', '=', group)
      .where('service', '=', service)
      .executeTakeFirst()
    if (row === undefined) return undefined
    const secrets = await secretRows(db, group, service)
    return {
      group,
      service,
      settings: JSON.parse(row.settings) as SettingsObject,
      secretsSet: secrets.map(({ field }) => field),
      generation: row.generation,
      updatedAt: new Date(row.updatedAt),
    }
  }

  async #replaceSecrets(
    db: Kysely<Schema>,
    change: ServiceSettingsChange,
    before: ServiceSettings | undefined,
  ): Promise<string[]> {
    const { group, service, secretFields, eraserFields, secrets = {} } = change
    const moved = eraserFields.some(
      (field) => canonical(before?.settings[field] ?? null) !== canonical(change.settings[field] ?? null),
    )
    const erased: string[] = []
    // Also what the contract no longer calls secret is looked at: a field that was dropped must not leave its secret behind.
    for (const field of new Set([...secretFields, ...(before?.secretsSet ?? [])])) {
      const given = secretFields.includes(field) ? secrets[field] : null
      if (given === undefined && !moved) continue
      if (given === undefined || given === null) {
        await deleteSecret(db, group, service, field)
        if (before?.secretsSet.includes(field) === true) erased.push(field)
        continue
      }
      const sealed = await this.#context.vault.seal(db, placeOf(group, service, field), encodeUtf8(given.reveal()))
      await db
        .insertInto('serviceSecrets')
        .values({ groupId: group, service, field, sealed })
        .onConflict((it) => it.columns(['groupId', 'service', 'field']).doUpdateSet({ sealed }))
        .execute()
    }
    return erased
  }

  async #write(db: Kysely<Schema>, change: ServiceSettingsChange): Promise<number> {
    const { group: groupId, service } = change
    const changed = { settings: JSON.stringify(change.settings), updatedAt: this.#context.clock.now().getTime() }
    const row = await db
      .insertInto('serviceSettings')
      .values({ groupId, service, generation: 1, ...changed })
      .onConflict((it) =>
        it.columns(['groupId', 'service']).doUpdateSet((update) => ({
          ...changed,
          generation: update('serviceSettings.generation', '+', 1),
        })),
      )
      .returning('generation')
      .executeTakeFirstOrThrow()
    return row.generation
  }
}

function secretRows(db: Kysely<Schema>, group: string, service: string): Promise<Schema['serviceSecrets'][]> {
  const rows = db.selectFrom('serviceSecrets').selectAll().where('groupId', '=', group)
  return rows.where('service', '=', service).orderBy('field').execute()
}

async function deleteSecret(db: Kysely<Schema>, group: string, service: string, field: string): Promise<void> {
  const row = db.deleteFrom('serviceSecrets').where('groupId', '=', group).where('service', '=', service)
  await row.where('field', '=', field).execute()
}

/** A secret that is given as an ordinary setting would be stored readable; that is a bug of the caller. */
function checkFields(change: ServiceSettingsChange): void {
  for (const field of change.secretFields) {
    if (field in change.settings) throw new Error(`${change.service}: secret field ${field} is among the settings`)
    if (change.eraserFields.includes(field)) throw new Error(`${change.service}: ${field} cannot erase itself`)
  }
  for (const field of Object.keys(change.secrets ?? {})) {
    if (!change.secretFields.includes(field)) throw new Error(`${change.service}: ${field} is not a secret field`)
  }
}

/** Equal for values that are equal, whatever the order of their members. */
function canonical(value: Json): string {
  return JSON.stringify(value, (_, part: unknown) =>
    part !== null && typeof part === 'object' && !Array.isArray(part)
      ? Object.fromEntries(Object.entries(part).toSorted(([a], [b]) => (a < b ? -1 : 1)))
      : part,
  )
}

function placeOf(group: string, service: string, field: string): Place {
  return { table: 'serviceSecrets', column: 'sealed', row: JSON.stringify([service, field]), group }
}
