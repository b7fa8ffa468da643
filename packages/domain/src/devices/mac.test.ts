import fc from 'fast-check'
import { expect, test } from 'vitest'
import { isLocallyAdministered, printMac, readMac } from './mac.ts'

const anyDigits = fc
  .uint8Array({ minLength: 6, maxLength: 6 })
  .map((bytes) => Buffer.from(bytes).toString('hex').toUpperCase())
const anyStation = anyDigits.filter(
  (digits) => Number.parseInt(digits.slice(0, 2), 16) % 2 === 0 && !/^0+$/.test(digits),
)

test('every spelling of an address is read as the same one', () => {
  const groups = fc.constantFrom(2, 4, 6, 12)
  const separators = fc.constantFrom(':', '-', '.', ' ', '')
  fc.assert(
    fc.property(anyStation, groups, separators, fc.boolean(), (digits, size, separator, isLower) => {
      const parts = Array.from({ length: 12 / size }, (_, at) => digits.slice(at * size, (at + 1) * size))
      const text = parts.join(separator)

      expect(readMac(isLower ? text.toLowerCase() : text)).toBe(digits)
    }),
  )
})

test('what was read and printed is read again', () => {
  fc.assert(
    fc.property(anyStation, (digits) => {
      expect(readMac(printMac(digits))).toBe(digits)
    }),
  )
})

test('only twelve digits are an address, whatever else is sent', () => {
  fc.assert(
    fc.property(fc.oneof(fc.string(), fc.string({ unit: 'binary', maxLength: 500 })), (text) => {
      expect(readMac(text) ?? '00105A000000').toMatch(/^[0-9A-F]{12}$/)
    }),
  )
})

test.each(['FF:FF:FF:FF:FF:FF', '01:00:5e:00:00:fb', '00:00:00:00:00:00', '001122334455 66', '0x001122334455', ''])(
  '%s names no station',
  (text) => expect(readMac(text)).toBeUndefined(),
)

test('the second bit of the first byte says that software made the address up', () => {
  fc.assert(
    fc.property(anyStation, (mac) => {
      expect(isLocallyAdministered(mac)).toBe('2367ABEF'.includes(mac[1] ?? ''))
    }),
  )
})
