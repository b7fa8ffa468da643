/**
 * Credentials of devices: the public key that an agent made for itself, and how far it has counted.
 *
 * @module
 */
import type { Bytes } from '@sallygate/base/bytes'
import { refuseDuplicate, type Context } from './context.ts'

export interface DeviceCredential {
  readonly device: string
  readonly publicKey: Bytes
  /** The last one that was accepted. */
  readonly sequence: number
  readonly createdAt: Date
  readonly lastUsedAt: Date
  /** Who enrolled it, if the directory was asked. */
  readonly user: string | undefined
}

export class DeviceCredentials {
  readonly #context: Context
  constructor(context: Context) {
    this.#context = context
  }

  /** In place of the one the device had. @throws STORE_DUPLICATE for a key that another device has. */
  async set(device: string, publicKey: Bytes, user: string | undefined): Promise<void> {
    const { db, clock } = this.#context
    await this.remove(device)
    const now = clock.now().getTime()
    const row = { deviceId: device, publicKey, sequence: 0, createdAt: now, lastUsedAt: now, userName: user ?? null }
    await refuseDuplicate('DUPLICATE', 'device key', db.insertInto('deviceCredentials').values(row).execute())
  }

  async find(device: string): Promise<DeviceCredential | undefined> {
    const query = this.#context.db.selectFrom('deviceCredentials').selectAll().where('deviceId', '=', device)
    const row = await query.executeTakeFirst()
    if (row === undefined) return undefined
    return {
      device: row.deviceId,
      publicKey: row.publicKey,
      sequence: row.sequence,
      createdAt: new Date(row.createdAt),
      lastUsedAt: new Date(row.lastUsedAt),
      user: row.userName ?? undefined,
    }
  }

  async ofKey(publicKey: Bytes): Promise<string | undefined> {
    const query = this.#context.db.selectFrom('deviceCredentials').select('deviceId').where('publicKey', '=', publicKey)
    return (await query.executeTakeFirst())?.deviceId
  }

  /** One statement, so that of two with one number one is accepted. @returns whether the number is above all before. */
  async count(device: string, sequence: number): Promise<boolean> {
    const { db, clock } = this.#context
    const counted = await db
      .updateTable('deviceCredentials')
      .set({ sequence, lastUsedAt: clock.now().getTime() })
      .where('deviceId', '=', device)
      .where('sequence', '<', sequence)
      .executeTakeFirst()
    return counted.numUpdatedRows > 0n
  }

  async remove(device: string): Promise<void> {
    await this.#context.db.deleteFrom('deviceCredentials').where('deviceId', '=', device).execute()
  }
}
