/**
 * Which consoles are behind the sources of this one, told to nac, which tells whoever reads from us.
 *
 * @module
 */
import type { Store } from '@sallygate/store'
import { sourceState } from './settings.ts'

export interface ConsolesBehindParts {
  readonly store: Pick<Store, 'mdmSources'>
  readonly tell: (marks: readonly string[]) => Promise<void>
}

export class ConsolesBehind {
  readonly #parts: ConsolesBehindParts

  constructor(parts: ConsolesBehindParts) {
    this.#parts = parts
  }

  /** Call after an answer, and when a source is removed. One that is switched off still counts: what it said is here. */
  async changed(): Promise<void> {
    const states = (await this.#parts.store.mdmSources.all()).map(({ state }) => sourceState.safeParse(state))
    const marks = states.flatMap((read) => (read.success ? (read.data.consoles ?? []) : []))
    await this.#parts.tell([...new Set(marks)].toSorted())
  }
}
