/**
 * What holds for all of nac, as administrators set it. It lives in the feed.
 *
 * @module
 */
import type { NacFacts } from '@sallygate/domain'
import type { Store } from '@sallygate/store'

type Facts = Omit<NacFacts, 'id' | 'readsFrom'>

const untouched: Facts = {
  redirectUrl: '',
  // Between what MDMs are known to answer (100 to 3000); a page of this size takes nac a few milliseconds.
  queryMaxSize: 1000,
  serverBusyWaitSeconds: 0,
  messaging: true,
  fullWipe: false,
  actionsPerMinute: 60,
  // A hundred a second: many guests in front of a large site; a million takes seven days.
  missesPerMinute: 6000,
}

export class FactsDesk {
  readonly #store: Pick<Store, 'nacFeed' | 'transaction'>

  constructor(store: Pick<Store, 'nacFeed' | 'transaction'>) {
    this.#store = store
  }

  async get(): Promise<Facts> {
    const known = await this.#store.nacFeed.find('settings', 'nac')
    return withoutId(known?.value)
  }

  async change(change: Partial<Facts>): Promise<Facts> {
    return this.#change(change)
  }

  /** Which consoles are behind the sources of this one, so that nac can say so. */
  async readsFrom(marks: readonly string[]): Promise<void> {
    const known = (await this.#store.nacFeed.find('settings', 'nac'))?.value?.readsFrom ?? []
    if (known.join() !== marks.join()) await this.#change({ readsFrom: marks })
  }

  #change(change: Partial<Omit<NacFacts, 'id'>>): Promise<Facts> {
    return this.#store.transaction(async (inside) => {
      const before = (await inside.nacFeed.find('settings', 'nac'))?.value
      const value = { ...untouched, ...before, ...change, id: 'nac' as const }
      await inside.nacFeed.append({ kind: 'settings', id: 'nac', value })
      return withoutId(value)
    })
  }
}

function withoutId(facts: NacFacts | undefined): Facts {
  if (facts === undefined) return untouched
  const { id: _, readsFrom: __, ...shown } = facts
  return shown
}
