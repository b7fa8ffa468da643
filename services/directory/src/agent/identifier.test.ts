import fc from 'fast-check'
import { expect, test } from 'vitest'
import { identifierBytes, identifierText } from './identifier.ts'

test('a GUID reads as Windows writes it', () => {
  const bytes = Buffer.from('00112233445566778899aabbccddeeff', 'hex')

  expect(identifierText(bytes, 'guid')).toBe('33221100-5544-7766-8899-aabbccddeeff')
  expect(identifierBytes('{33221100-5544-7766-8899-AABBCCDDEEFF}', 'guid')?.equals(bytes)).toBe(true)
})

test('what is written as text comes back as the same bytes', () => {
  fc.assert(
    fc.property(fc.uint8Array({ minLength: 16, maxLength: 16 }), fc.constantFrom('guid', 'hex'), (bytes, kind) => {
      const text = identifierText(bytes, kind as 'guid') as string
      expect(identifierBytes(text, kind as 'guid')?.equals(Buffer.from(bytes))).toBe(true)
    }),
  )
})

test('what is no identifier is none', () => {
  expect(identifierText(Buffer.alloc(15), 'guid')).toBeUndefined()
  for (const text of ['', 'x', '*', '33221100', '33221100-5544-7766-8899-aabbccddeeff00']) {
    expect(identifierBytes(text, 'guid'), text).toBeUndefined()
  }
})
