import { expect, test } from 'vitest'
import { changeOf, shownValues, storedSecrets } from './page-values.ts'

const here = { group: 'g', name: 'Here' }
const page = {
  values: {
    isEnabled: { value: true, from: 'default' as const },
    services: { value: { directory: 'off' }, from: here },
    password: { value: { isSet: true }, from: here },
  },
}

test('a secret is known to be there, and never reaches a form', () => {
  expect(shownValues(page)).toEqual({ isEnabled: true, services: { directory: 'off' } })
  expect(storedSecrets(page)).toEqual(['password'])
})

test('a default that nobody touched is not sent, everything else is', () => {
  const form = shownValues(page)

  expect(changeOf(page, form)).toEqual({ services: { directory: 'off' } })
  expect(changeOf(page, { ...form, isEnabled: false })).toEqual({ isEnabled: false, services: { directory: 'off' } })
  expect(changeOf(page, { ...form, services: undefined })).toEqual({})
})
