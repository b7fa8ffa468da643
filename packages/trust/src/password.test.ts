import { expect, test } from 'vitest'
import { Secret } from '@sallygate/base/secret'
import { isPortablePassword, makePassword, normalizePassword, requireStrongPassword } from './password.ts'
import { outcomeOf } from './test-tamper.ts'

test('a generated password has at least 128 bits, reads aloud, and is its own', () => {
  const made = Array.from({ length: 50 }, () => makePassword().reveal())

  for (const password of made) expect(password).toMatch(/^[2-9a-hjkmnp-z]{4}(-[2-9a-hjkmnp-z]{4}){6}$/)
  expect(new Set(made).size).toBe(50)
  expect(28 * Math.log2(new Set(made.join('').replaceAll('-', '')).size)).toBeGreaterThan(128)
  expect(outcomeOf(() => requireStrongPassword(makePassword()))).toBe('accepted')
  expect(isPortablePassword(makePassword())).toBe(true)
})

test('a typed password needs fourteen characters, six of them different', () => {
  const verdict = (text: string) => outcomeOf(() => requireStrongPassword(new Secret(text)))

  expect(verdict('abcdefghijklm')).toBe('TRUST_PASSWORD_TOO_SHORT')
  expect(verdict('abcdefghijklmn')).toBe('accepted')
  expect(verdict('aaaaaaaaaaaaaaaaaaaa')).toBe('TRUST_PASSWORD_TOO_SHORT')
  // Seven letters and seven combining dots are seven characters.
  expect(verdict('a\u0308o\u0308u\u0308e\u0308i\u0308y\u0308A\u0308')).toBe('TRUST_PASSWORD_TOO_SHORT')
})

test('one password typed in two Unicode forms is one password', () => {
  const forms = ['NFC', 'NFD'].map((form) => normalizePassword(new Secret('schön'.normalize(form))).reveal())

  expect(forms[0]).toBe(forms[1])
  expect(isPortablePassword(new Secret('schön'))).toBe(false)
})
