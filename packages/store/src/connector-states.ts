/**
 * Connector states: whether an administrator lets a connector have work, and how large a share.
 *
 * @module
 */
import type { Context } from './context.ts'
import type { Schema } from './schema.ts'

/** `draining`: no new work. `maintenance`: no work but checks, for as long as somebody works on it. */
export type ConnectorWork = 'active' | 'draining' | 'maintenance'

export interface ConnectorState {
  readonly instance: string
  readonly state: ConnectorWork
  /** 1 to 100, against those of its siblings. */
  readonly weight: number
  readonly changedAt: Date
}

export class ConnectorStates {
  readonly #context: Context
  constructor(context: Context) {
    this.#context = context
  }

  async set(instance: string, wanted: Pick<ConnectorState, 'state' | 'weight'>): Promise<ConnectorState> {
    const { state, weight } = wanted
    const changedAt = this.#context.clock.now().getTime()
    await this.#context.db
      .insertInto('connectorStates')
      .values({ instanceId: instance, state, weight, changedAt })
      .onConflict((it) => it.column('instanceId').doUpdateSet({ state, weight, changedAt }))
      .execute()
    return present({ instanceId: instance, state, weight, changedAt })
  }

  async list(): Promise<readonly ConnectorState[]> {
    return (await this.#context.db.selectFrom('connectorStates').selectAll().execute()).map(present)
  }
}

function present({ instanceId, state, weight, changedAt }: Schema['connectorStates']): ConnectorState {
  return { instance: instanceId, state: state as ConnectorWork, weight, changedAt: new Date(changedAt) }
}
