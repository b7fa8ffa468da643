/**
 * Defaults that the settings page shows, held against those the connector uses.
 */
import { typeDefaults as used } from '@sallygate/service-directory/contract'
import { expect, test } from 'vitest'
import { typeDefaults as shown } from '../../apps/web/src/directory/type-defaults.ts'

test('the page shows the defaults of every kind of directory as the connector has them', () => {
  const asShown = Object.fromEntries(
    Object.entries(used).map(([type, { mapping, userFilter, ...rest }]) => [
      type,
      { ...rest, ...mapping, ...(userFilter === undefined ? {} : { userFilter }) },
    ]),
  )

  expect(shown).toEqual(asShown)
})
