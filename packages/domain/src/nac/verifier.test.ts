import { Secret } from '@sallygate/base/secret'
import { expect, test } from 'vitest'
import { checkVerifier, makeVerifier } from './verifier.ts'

test('a verifier knows its secret and no other, however its accents are typed', async () => {
  const verifier = await makeVerifier(new Secret('caf\u00e9'))

  expect(await checkVerifier(new Secret('cafe\u0301'), verifier)).toBe(true)
  expect(await checkVerifier(new Secret('cafe'), verifier)).toBe(false)
  expect(await checkVerifier(new Secret(''), verifier)).toBe(false)
  expect(verifier).not.toContain('caf')
})

test('what is no verifier, or asks for too much, is refused', async () => {
  const verifier = await makeVerifier(new Secret('x'))

  await expect(checkVerifier(new Secret('x'), '')).rejects.toThrow(expect.objectContaining({ code: 'BASE_MALFORMED' }))
  await expect(checkVerifier(new Secret('x'), verifier.replace(/m=\d+/, 'm=9999999'))).rejects.toThrow(
    expect.objectContaining({ code: 'BASE_MALFORMED' }),
  )
})
