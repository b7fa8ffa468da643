/**
 * Direct instances: connectors that stand beside the console, for what is reached from there.
 *
 * @module
 */
import type { Repositories, Store } from '@sallygate/store'

export class DirectInstances {
  readonly #ids: Set<string>

  private constructor(ids: ReadonlySet<string>) {
    this.#ids = new Set(ids)
  }

  static async open(store: Store): Promise<DirectInstances> {
    return new DirectInstances(await store.placements.direct())
  }

  readonly has = (instance: string): boolean => this.#ids.has(instance)

  /** An instance is what the code said that it enrolled with. */
  async enrolled(inside: Repositories, code: string | undefined, instance: string): Promise<void> {
    if (code === undefined || !(await inside.placements.isDirect(code))) return
    await inside.placements.setDirect(instance)
    // Should the transaction fail, there is no instance of this id, and none will be.
    this.#ids.add(instance)
  }
}
