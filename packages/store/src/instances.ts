/**
 * Connector instances: who may attach, and what each last said about itself.
 *
 * @module
 */
import type { Bytes } from '@sallygate/base/bytes'
import { inTransaction, newId, refuseDuplicate, toDate, type Context } from './context.ts'
import { storeFailure } from './failures.ts'
import { hold } from './hold.ts'
import type { Schema } from './schema.ts'

export type InstanceStatus = 'active' | 'revoked'

export interface NewInstance {
  readonly id?: string
  readonly group: string
  readonly name: string
  /** Uncompressed point, 65 bytes. */
  readonly publicKey: Bytes
  readonly keyId: string
  readonly certificate: string
}

/** What an instance says of itself in its session; each absent until said. */
export interface InstanceReport {
  readonly software?: string | undefined
  readonly policyDigest?: string | undefined
  readonly trustSetNumber?: number | undefined
}

export interface Instance extends InstanceReport {
  readonly id: string
  readonly group: string
  readonly name: string
  readonly publicKey: Bytes
  readonly keyId: string
  readonly certificate: string
  readonly status: InstanceStatus
  readonly createdAt: Date
  readonly revokedAt: Date | undefined
  readonly lastSeen: Date | undefined
}

export class Instances {
  readonly #context: Context
  constructor(context: Context) {
    this.#context = context
  }

  /** @throws STORE_DUPLICATE when the identity or the key is known already. */
  async add(instance: NewInstance): Promise<Instance> {
    const row: Schema['instances'] = {
      id: instance.id ?? newId(),
      groupId: instance.group,
      name: instance.name,
      publicKey: instance.publicKey,
      keyId: instance.keyId,
      certificateId: instance.certificate,
      status: 'active',
      createdAt: this.#context.clock.now().getTime(),
      revokedAt: null,
      lastSeen: null,
      software: null,
      policyDigest: null,
      trustSetNumber: null,
    }
    const { db } = this.#context
    await refuseDuplicate('DUPLICATE', 'instance', db.insertInto('instances').values(row).execute())
    return present(row)
  }

  async find(id: string): Promise<Instance | undefined> {
    const { db } = this.#context
    const row = await db.selectFrom('instances').selectAll().where('id', '=', id).executeTakeFirst()
    return row === undefined ? undefined : present(row)
  }

  /** @throws STORE_NOT_FOUND. */
  async get(id: string): Promise<Instance> {
    const instance = await this.find(id)
    if (instance === undefined) throw storeFailure('NOT_FOUND', { details: { what: 'instance' } })
    return instance
  }

  async list(filter: { readonly group?: string; readonly status?: InstanceStatus } = {}): Promise<readonly Instance[]> {
    let query = this.#context.db.selectFrom('instances').selectAll()
    if (filter.group !== undefined) query = query.where('groupId', '=', filter.group)
    if (filter.status !== undefined) query = query.where('status', '=', filter.status)
    return (await query.orderBy('createdAt').orderBy('id').execute()).map(present)
  }

  /** The instance and its certificate, in one step; for good. Doing it again changes nothing. @throws STORE_NOT_FOUND. */
  async revoke(id: string): Promise<Instance> {
    const revokedAt = this.#context.clock.now().getTime()
    await inTransaction(this.#context, async (db) => {
      await hold(db, `instance/${id}`)
      const row = await db
        .updateTable('instances')
        .set({ status: 'revoked', revokedAt })
        .where('id', '=', id)
        .where('status', '=', 'active')
        .returning('certificateId')
        .executeTakeFirst()
      if (row === undefined) return
      await db.updateTable('certificates').set({ status: 'revoked' }).where('id', '=', row.certificateId).execute()
    })
    return this.get(id)
  }

  /**
   * Another key and certificate from now on; the old certificate is `retired`, since the instance may not have
   * the new one yet. @throws STORE_NOT_FOUND also for a revoked one, STORE_DUPLICATE for a key that is known.
   */
  async renew(id: string, to: Pick<NewInstance, 'publicKey' | 'keyId' | 'certificate'>): Promise<Instance> {
    await inTransaction(this.#context, async (db) => {
      // A revocation in between would be undone: its certificate would only be retired.
      await hold(db, `instance/${id}`)
      const before = await db
        .selectFrom('instances')
        .select('certificateId')
        .where('id', '=', id)
        .where('status', '=', 'active')
        .executeTakeFirst()
      if (before === undefined) throw storeFailure('NOT_FOUND', { details: { what: 'instance' } })
      const { publicKey, keyId, certificate: certificateId } = to
      const update = db.updateTable('instances').set({ publicKey, keyId, certificateId }).where('id', '=', id)
      await refuseDuplicate('DUPLICATE', 'instance', update.execute())
      await db.updateTable('certificates').set({ status: 'retired' }).where('id', '=', before.certificateId).execute()
    })
    return this.get(id)
  }

  /** Notes that an instance was heard, and what it said; what it did not say stays. */
  async saw(id: string, report: InstanceReport = {}): Promise<void> {
    const { software, policyDigest, trustSetNumber } = report
    await this.#context.db
      .updateTable('instances')
      .set({
        lastSeen: this.#context.clock.now().getTime(),
        ...(software === undefined ? {} : { software }),
        ...(policyDigest === undefined ? {} : { policyDigest }),
        ...(trustSetNumber === undefined ? {} : { trustSetNumber }),
      })
      .where('id', '=', id)
      .execute()
  }
}

function present(row: Schema['instances']): Instance {
  return {
    id: row.id,
    group: row.groupId,
    name: row.name,
    publicKey: row.publicKey,
    keyId: row.keyId,
    certificate: row.certificateId,
    status: row.status as InstanceStatus,
    createdAt: new Date(row.createdAt),
    revokedAt: toDate(row.revokedAt),
    lastSeen: toDate(row.lastSeen),
    software: row.software ?? undefined,
    policyDigest: row.policyDigest ?? undefined,
    trustSetNumber: row.trustSetNumber ?? undefined,
  }
}
