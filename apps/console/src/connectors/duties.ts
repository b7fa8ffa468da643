/**
 * Duties: whether an administrator lets a connector have work, and how large a share.
 *
 * A pause is about services. Questions to a connector about itself and its settings
 * still go there: who works on it wants to see whether it is well before it is back.
 *
 * @module
 */
import type { ConnectorState, ConnectorWork, Store } from '@sallygate/store'

export interface Duty {
  readonly state: ConnectorWork
  readonly weight: number
  /** Absent as long as nobody has said anything. */
  readonly changedAt?: Date
}

export const fullWeight = 100

const usual: Duty = { state: 'active', weight: fullWeight }

export class Duties {
  readonly #store: Pick<Store, 'connectorStates'>
  /** No call may wait for the database. */
  readonly #byInstance: Map<string, ConnectorState>

  private constructor(store: Pick<Store, 'connectorStates'>, known: readonly ConnectorState[]) {
    this.#store = store
    this.#byInstance = new Map(known.map((state) => [state.instance, state]))
  }

  static async open(store: Pick<Store, 'connectorStates'>): Promise<Duties> {
    return new Duties(store, await store.connectorStates.list())
  }

  readonly of = (instance: string): Duty => this.#byInstance.get(instance) ?? usual

  /** What is not said stays. */
  async set(
    instance: string,
    wanted: { readonly state?: ConnectorWork | undefined; readonly weight?: number | undefined },
  ): Promise<void> {
    const { state, weight } = this.of(instance)
    const next = { state: wanted.state ?? state, weight: wanted.weight ?? weight }
    this.#byInstance.set(instance, await this.#store.connectorStates.set(instance, next))
  }
}
