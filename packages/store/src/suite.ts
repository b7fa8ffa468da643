/**
 * What every store has to keep, whatever database lies under it.
 *
 * Run with SQLite by `store.test.ts`; a further database runs the same suite.
 * Imported only from tests.
 *
 * @module
 */
import { describe, expect, test } from 'vitest'
import type { Store } from './store.ts'

export interface OpenedStore {
  readonly store: Store
  /** Moves the clock the store was opened with. */
  advance(ms: number): Promise<void>
  end(): Promise<void>
}

export function storeSuite(name: string, open: () => Promise<OpenedStore>): void {
  describe(name, () => {
    test('a group that was added is found by id and by name', async () => {
      const { store, end } = await open()

      const group = await store.groups.add({ name: 'Acme' })

      expect(await store.groups.get(group.id)).toEqual(group)
      expect(await store.groups.findByName('ACME')).toEqual(group)
      await end()
    })
  })
}
