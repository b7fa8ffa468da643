import fc from 'fast-check'
import { expect, test } from 'vitest'
import { factNames, factTable } from './facts.ts'
import { plainText, readFacts } from './said.ts'

test('a fact in the wrong kind, an unknown one, and an empty one are as if nobody had said them', () => {
  const said = {
    diskEncrypted: { value: 'true' },
    pinLocked: { unknown: true },
    jailBroken: null,
    model: { value: '  ' },
    osVersion: { value: ' 14.1\n' },
    platform: { value: 'Linux' },
    ownership: { value: 'stolen' },
    isAdmin: { value: true },
    ['__proto__']: { value: true },
  }

  expect(readFacts(said)).toEqual({
    pinLocked: { unknown: true },
    osVersion: { value: '14.1' },
    platform: { value: 'linux' },
  })
})

test('whatever is said, what is kept can be stored and shown, and is bounded', () => {
  fc.assert(
    fc.property(
      fc.dictionary(
        fc.constantFrom(...factNames, 'x'),
        fc.oneof(fc.anything(), fc.record({ value: fc.string({ unit: 'binary' }) })),
      ),
      (said) => {
        for (const [name, fact] of Object.entries(readFacts(said))) {
          const { kind, most = 200 } = factTable[name as keyof typeof factTable]
          if (!('value' in fact) || typeof fact.value === 'boolean') continue
          expect(kind).toBe('text')
          expect(Array.from(fact.value).length).toBeLessThanOrEqual(most)
          expect(fact.value).not.toMatch(/[\p{Cc}\p{Cs}]/u)
        }
      },
    ),
  )
})

test('a text that was made plain is plain', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 400 }), fc.integer({ min: 1, max: 60 }), (text, most) => {
      const plain = plainText(text, most)

      expect(plainText(plain, most)).toBe(plain)
      expect(plain.isWellFormed()).toBe(true)
    }),
  )
})
