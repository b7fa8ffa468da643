import fc from 'fast-check'
import { expect, test } from 'vitest'
import { canonicalAddress, forbiddenClass } from './address.ts'

test.each([
  ['127.0.0.1', 'loopback'],
  ['127.255.255.254', 'loopback'],
  ['::1', 'loopback'],
  ['0:0:0:0:0:0:0:1', 'loopback'],
  ['::ffff:127.0.0.1', 'loopback'],
  ['::ffff:7f00:1', 'loopback'],
  ['::127.0.0.1', 'loopback'],
  ['64:ff9b::7f00:1', 'loopback'],
  ['64:ff9b:1::7f00:1', 'loopback'],
  ['2002:7f00:1::1', 'loopback'],
  ['0.0.0.0', 'unspecified'],
  ['0.1.2.3', 'unspecified'],
  ['::', 'unspecified'],
  ['169.254.169.254', 'metadata'],
  ['::ffff:169.254.169.254', 'metadata'],
  ['64:ff9b::a9fe:a9fe', 'metadata'],
  ['fd00:ec2::254', 'metadata'],
  ['FD00:EC2:0::254', 'metadata'],
  ['100.100.100.200', 'metadata'],
  ['169.254.3.4', 'linkLocal'],
  ['fe80::1', 'linkLocal'],
  ['fe80::1%lo', 'linkLocal'],
  ['224.0.0.1', 'multicast'],
  ['ff02::1', 'multicast'],
  ['255.255.255.255', 'reserved'],
  ['2001:0:53aa:64c::1', 'tunnel'],
])('%s is never connected to: %s', (address, expected) => {
  expect(forbiddenClass(address)).toBe(expected)
})

test.each([
  '10.0.0.5',
  '172.16.9.9',
  '192.168.1.10',
  '100.64.0.7',
  '8.8.8.8',
  'fd12:3456::5',
  '2001:db8::1',
  '64:ff9b::a00:5',
])('%s may be connected to', (address) => {
  expect(forbiddenClass(address)).toBeUndefined()
})

test('an IPv4 address in IPv6 clothes is judged as that IPv4 address, whatever it is', () => {
  fc.assert(
    fc.property(fc.ipV4(), (address) => {
      const [a = 0, b = 0, c = 0, d = 0] = address.split('.').map(Number)
      const hex = `${((a << 8) | b).toString(16)}:${((c << 8) | d).toString(16)}`

      const dressed = [`::ffff:${address}`, `::ffff:${hex}`, `64:ff9b::${hex}`, `2002:${hex}::9`].map(forbiddenClass)

      expect(dressed).toEqual(dressed.map(() => forbiddenClass(address)))
      expect(canonicalAddress(`::ffff:${hex}`)).toBe(address)
    }),
  )
})

test('every spelling of an IPv6 address has one canonical one', () => {
  fc.assert(
    fc.property(fc.ipV6(), (address) => {
      const canonical = canonicalAddress(address)

      expect(canonicalAddress(canonical)).toBe(canonical)
      expect(canonicalAddress(address.toUpperCase())).toBe(canonical)
    }),
  )
})
