import fc from 'fast-check'
import { expect, test } from 'vitest'
import {
  identifierKey,
  identifierKinds,
  mostMacs,
  readIdentifier,
  readIdentifiers,
  strongKinds,
} from './identifiers.ts'

test('an identifier that was read is read again as itself, and what is not one is refused without an error', () => {
  const anyText = fc.oneof(
    fc.string({ unit: 'binary', maxLength: 300 }),
    fc.stringMatching(/^[0-9]{10,18}$/),
    fc.stringMatching(/^[0-9a-fA-F]{14,40}$/),
    fc.uuid(),
  )
  fc.assert(
    fc.property(fc.constantFrom(...identifierKinds), anyText, (kind, text) => {
      const value = readIdentifier(kind, text)
      fc.pre(value !== undefined)

      expect(readIdentifier(kind, value)).toBe(value)
      expect(value).not.toMatch(/\p{Cc}/u)
      expect(value.length).toBeLessThanOrEqual(255)
    }),
    { numRuns: 500 },
  )
})

test('a UUID is one identity with and without braces, in any case, and with its first fields swapped', () => {
  const uuid = '4c4c4544-0042-3510-8052-b4c04f4a3132'

  expect(readIdentifier('uuid', '{4C4C4544-0042-3510-8052-B4C04F4A3132}')).toBe(uuid)
  expect(identifierKey('uuid', '44454c4c-4200-1035-8052-b4c04f4a3132')).toBe(identifierKey('uuid', uuid))
  expect(identifierKey('uuid', '4c4c4544-0042-3510-8052-b4c04f4a3133')).not.toBe(identifierKey('uuid', uuid))
})

test.each([
  ['serial', 'To Be Filled By O.E.M.'],
  ['serial', 'Default string'],
  ['serial', '00000000'],
  ['serial', '  '],
  ['serial', '........'],
  ['uuid', '00000000-0000-0000-0000-000000000000'],
  ['uuid', 'ffffffff-ffff-ffff-ffff-ffffffffffff'],
  ['uuid', '03000200-0400-0500-0006-000700080009'],
  ['uuid', '00020003-0004-0005-0006-000700080009'],
  ['imei', '000000000000000'],
  ['imei', '12345'],
  ['meid', 'xyz'],
  ['hostName', 'localhost.localdomain'],
  ['udid', '00000000-0000'],
] as const)('%s %j is what many devices say, and names none', (kind, text) => {
  expect(readIdentifier(kind, text)).toBeUndefined()
})

test.each([
  ['imei', '49-015420-323751-8', '490154203237518'],
  ['imei', '49015420323751', '490154203237518'],
  ['imei', '4901542032375101', '490154203237518'],
  ['meid', 'a0000000002329', 'A0000000002329'],
  ['meid', '268435456000008489', 'A0000000002129'],
  ['meid', '1234567890', '1234567890'],
  ['serial', ' PF-3XK 29 ', 'PF-3XK 29'],
  ['serial', 'A​B C1', 'AB C1'],
  ['hostName', 'ada.example.', 'ada.example'],
] as const)('%s %j is %s', (kind, text, value) => {
  expect(readIdentifier(kind, text)).toBe(value)
})

test('serial numbers are compared without case, and shown as they were said', () => {
  expect(identifierKey('serial', 'pf3xk29')).toBe(identifierKey('serial', 'PF3XK29'))
})

test('the addresses of a report are each there once and bounded, and placeholders are gone', () => {
  const many = Array.from({ length: 500 }, (_, at) => `00105a${at.toString(16).padStart(6, '0')}`)
  const read = readIdentifiers({ serial: 'None', uuid: '', macs: ['00:10:5A:00:00:01', '00105a000001', 'no', ...many] })

  expect(Object.keys(read)).toEqual(['macs'])
  expect(read.macs).toHaveLength(mostMacs)
  expect(new Set(read.macs).size).toBe(mostMacs)
  expect(strongKinds.every((kind) => read[kind] === undefined)).toBe(true)
})
