/**
 * Secrets of inventory agents: each says which organization group an agent's machine belongs to.
 *
 * 192 random bits, of which a digest is kept. One secret serves many machines, as the
 * agents' own configuration does; it opens nothing but the door for inventories.
 *
 * @module
 */
import { encodeUtf8, randomBytes, sha256, toBase64Url } from '@sallygate/base/bytes'
import { Secret } from '@sallygate/base/secret'
import { newId, toDate, type Context } from './context.ts'
import { readName } from './names.ts'
import type { Schema } from './schema.ts'

export interface AgentSecret {
  readonly id: string
  readonly group: string
  readonly name: string
  readonly createdAt: Date
  readonly expiresAt: Date | undefined
  readonly revokedAt: Date | undefined
  readonly lastUsedAt: Date | undefined
  /** What the agent that used it last calls itself. */
  readonly lastAgent: string | undefined
}

const shape = /^sga_[A-Za-z0-9_-]{32}$/

export class AgentSecrets {
  readonly #context: Context
  constructor(context: Context) {
    this.#context = context
  }

  /** @throws STORE_NAME_INVALID. */
  async add(options: {
    readonly group: string
    readonly name: string
    readonly expiresAt?: Date | undefined
  }): Promise<{ readonly agentSecret: AgentSecret; readonly secret: Secret }> {
    const secret = `sga_${toBase64Url(randomBytes(24))}`
    const row: Schema['agentSecrets'] = {
      id: newId(),
      groupId: options.group,
      digest: digestOf(secret),
      name: readName(options.name).shown,
      createdAt: this.#context.clock.now().getTime(),
      expiresAt: options.expiresAt?.getTime() ?? null,
      revokedAt: null,
      lastUsedAt: null,
      lastAgent: null,
    }
    await this.#context.db.insertInto('agentSecrets').values(row).execute()
    return { agentSecret: present(row), secret: new Secret(secret) }
  }

  /** One that can be used now. */
  async check(secret: string): Promise<AgentSecret | undefined> {
    if (!shape.test(secret)) return undefined
    const { db, clock } = this.#context
    const query = db.selectFrom('agentSecrets').selectAll().where('digest', '=', digestOf(secret))
    const row = await query.executeTakeFirst()
    const isGood = row !== undefined && row.revokedAt === null && (row.expiresAt ?? Infinity) > clock.now().getTime()
    return isGood ? present(row) : undefined
  }

  async used(id: string, agent: string): Promise<void> {
    const { db, clock } = this.#context
    const lastUsedAt = clock.now().getTime()
    await db.updateTable('agentSecrets').set({ lastUsedAt, lastAgent: agent }).where('id', '=', id).execute()
  }

  /** Newest first. */
  async list(group: string): Promise<readonly AgentSecret[]> {
    const query = this.#context.db.selectFrom('agentSecrets').selectAll().where('groupId', '=', group)
    return (await query.orderBy('createdAt', 'desc').orderBy('id').execute()).map(present)
  }

  /** @returns whether there was such a secret of the group. */
  async revoke(group: string, id: string): Promise<boolean> {
    const { db, clock } = this.#context
    const revokedAt = clock.now().getTime()
    const done = await db
      .updateTable('agentSecrets')
      .set((it) => ({ revokedAt: it.fn.coalesce('revokedAt', it.val(revokedAt)) }))
      .where('id', '=', id)
      .where('groupId', '=', group)
      .executeTakeFirst()
    return done.numUpdatedRows > 0n
  }
}

function digestOf(secret: string): Buffer {
  return sha256(encodeUtf8(secret))
}

function present(row: Schema['agentSecrets']): AgentSecret {
  return {
    id: row.id,
    group: row.groupId,
    name: row.name,
    createdAt: new Date(row.createdAt),
    expiresAt: toDate(row.expiresAt),
    revokedAt: toDate(row.revokedAt),
    lastUsedAt: toDate(row.lastUsedAt),
    lastAgent: row.lastAgent ?? undefined,
  }
}
