/**
 * What every store has to keep about organization groups and their settings pages. A part of `suite.ts`.
 *
 * @module
 */
import { describe, expect, test } from 'vitest'
import { Secret } from '@sallygate/base/secret'
import type { OpenedStore } from './suite.ts'

export function groupsSuite(opened: () => OpenedStore): void {
  describe('groups and their settings pages', () => {
    const store = () => opened().store
    const code = (expected: string) => expect.objectContaining({ code: expected }) as Error
    const fields = { secretFields: ['password'], eraserFields: ['host'] }
    const overriding = (group: string, settings: Record<string, string>, password?: string) => ({
      group,
      page: 'mail',
      mode: 'override' as const,
      childPermission: 'inheritOrOverride' as const,
      content: { ...fields, settings, secrets: password === undefined ? {} : { password: new Secret(password) } },
    })

    test('the number of settings rises with every change of any group, and never twice the same', async () => {
      const [a, b] = [await store().groups.add({ name: 'A' }), await store().groups.add({ name: 'B' })]

      const first = await store().settingsPages.set(overriding(a.id, { host: 'one' }))
      const second = await store().settingsPages.set(overriding(b.id, { host: 'one' }))
      await store().settingsPages.touch([{ group: a.id, page: 'mail' }], 40)
      const third = await store().settingsPages.set(overriding(b.id, { host: 'two' }))

      expect([first, second, third].map(({ generation }) => generation)).toEqual([1, 2, 42])
    })

    test('a page that inherits again keeps neither values nor secrets, and who overrides anew starts empty', async () => {
      const { id } = await store().groups.add({ name: 'A' })
      await store().settingsPages.set(overriding(id, { host: 'one' }, 'planted-4711'))

      const inherited = await store().settingsPages.set({ ...overriding(id, {}), mode: 'inherit' })
      await store().settingsPages.set(overriding(id, { host: 'one' }))

      expect(inherited.erased).toEqual(['password'])
      expect(await store().settingsPages.all()).toMatchObject([
        { mode: 'override', values: { host: 'one' }, secretsSet: [] },
      ])
    })

    test('a group is renamed and moved, and its name has to be free where it goes', async () => {
      const top = await store().groups.add({ name: 'Top' })
      const child = await store().groups.add({ name: 'Sales', parent: top.id })
      await store().groups.add({ name: 'SALES' })

      await expect(store().groups.move(child.id, undefined)).rejects.toEqual(code('STORE_NAME_TAKEN'))
      await expect(store().groups.move(top.id, child.id)).rejects.toEqual(code('GROUP_CYCLE'))
      await store().groups.rename(child.id, 'Vertrieb')
      await store().groups.move(child.id, undefined)

      expect(await store().groups.find(child.id)).toMatchObject({ name: 'Vertrieb', parent: undefined })
    })

    test('of two moves at once that would make a circle, one is refused', async () => {
      const [a, b] = [await store().groups.add({ name: 'A' }), await store().groups.add({ name: 'B' })]

      const ended = await Promise.allSettled([store().groups.move(a.id, b.id), store().groups.move(b.id, a.id)])

      expect(ended.map(({ status }) => status).toSorted()).toEqual(['fulfilled', 'rejected'])
    })

    test('names of 200 bytes that differ in the last one are two names; of one form only one', async () => {
      const long = 'ä'.repeat(99)

      await store().groups.add({ name: `${long}xy` })
      await store().groups.add({ name: `${long}xz` })

      await expect(store().groups.add({ name: `${'a\u0308'.repeat(99)}XY` })).rejects.toEqual(code('STORE_NAME_TAKEN'))
      await expect(store().groups.add({ name: 'x'.repeat(257) })).rejects.toEqual(code('STORE_NAME_INVALID'))
    })

    test('a name that is drawn like its sibling’s is refused, and allowed elsewhere', async () => {
      const top = await store().groups.add({ name: 'Cope' })

      await expect(store().groups.add({ name: 'Соре' })).rejects.toEqual(code('GROUP_NAME_LOOKS_LIKE'))
      await expect(store().groups.add({ name: 'Sаles' })).rejects.toEqual(code('GROUP_NAME_MIXES_SCRIPTS'))
      expect((await store().groups.add({ name: 'Соре', parent: top.id })).parent).toBe(top.id)
    })

    test('an empty group goes with all that is its own; one with children or the last one stays', async () => {
      const top = await store().groups.add({ name: 'Top' })
      const child = await store().groups.add({ name: 'Child', parent: top.id })
      await store().settingsPages.set(overriding(child.id, { host: 'one' }, 'planted-4711'))

      await expect(store().groups.remove(top.id)).rejects.toEqual(code('GROUP_NOT_EMPTY'))
      await store().groups.remove(child.id)
      await expect(store().groups.remove(top.id)).rejects.toEqual(code('GROUP_LAST'))

      expect(await store().settingsPages.all()).toEqual([])
      expect(await store().groups.list()).toHaveLength(1)
    })
  })
}
