/**
 * The DirSync control, byte by byte.
 *
 * @module
 */
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { berElement, berInteger, berOctets } from './ber.ts'
import { dirSync, dirSyncFlags, dirSyncOid, readDirSync } from './dir-sync.ts'

const answer = (isMore: number, cookie: Uint8Array, ...more: readonly Uint8Array[]) => [
  {
    oid: dirSyncOid,
    isCritical: true,
    value: berElement(0x30, berInteger(isMore), berInteger(0), berOctets(cookie), ...more),
  },
]

describe('the DirSync control', () => {
  test('asks as MS-ADTS 3.1.1.3.4.1.3 says, the highest flag as the sign of four bytes', () => {
    const flags = dirSyncFlags.objectSecurity | dirSyncFlags.ancestorsFirst | dirSyncFlags.incrementalValues

    const control = dirSync({ flags, maxBytes: 1_048_576, cookie: Buffer.from('c0ffee', 'hex') })

    expect(control).toMatchObject({ oid: '1.2.840.113556.1.4.841', isCritical: true })
    expect(Buffer.from(control.value ?? []).toString('hex')).toBe('3010' + '020480000801' + '0203100000' + '0403c0ffee')
  })

  test('gives back whatever bytes a cookie is made of', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 4096 }), fc.boolean(), (cookie, isMore) => {
        const read = readDirSync(answer(isMore ? 1 : 0, cookie))

        expect(read).toEqual({ isMore, cookie: Buffer.from(cookie) })
      }),
    )
  })

  test.each([
    ['cut short', [{ oid: dirSyncOid, isCritical: true, value: Buffer.from('3003020100', 'hex') }]],
    ['with something behind it', answer(0, Buffer.alloc(2), berInteger(1))],
    ['of a cookie that nobody carries', answer(0, Buffer.alloc(70_000))],
  ])('an answer %s is refused', (_what, controls) => {
    expect(() => readDirSync(controls)).toThrow(expect.objectContaining({ code: 'LDAP_MALFORMED' }))
  })

  test('is no answer where it is not', () => {
    expect(readDirSync([])).toBeUndefined()
  })
})
