import { createHmac } from 'node:crypto'
import { expect, test } from 'vitest'
import { signNacPage, verifyNacPage, type NacPage } from './index.ts'

const sign = (bytes: Uint8Array) => createHmac('sha256', 'key').update(bytes).digest()
const isSigned = (bytes: Uint8Array, signature: Uint8Array) => sign(bytes).equals(signature)
const nonce = 'nonce-nonce-nonce-1'
const epoch = '0123456789abcdef'
const group = { number: 5, kind: 'group', id: 'g1', value: { id: 'g1', name: 'Acme' } } as const
const page: NacPage = { format: 1, epoch, nonce, after: 4, through: 7, head: 9, issuedAtMs: 1, records: [group] }
const expected = { epoch, after: 4, nonce }

test('a signed page comes back as it was', () => {
  expect(verifyNacPage(signNacPage(page, sign), isSigned, expected)).toEqual(page)
})

test('a page that was changed after signing is refused', () => {
  const signed = signNacPage(page, sign)
  const changed = { ...signed, page: signed.page.replace('Acme', 'Evil') }

  expect(() => verifyNacPage(changed, isSigned, expected)).toThrow(/not signed/)
})

test.each([
  ['another nonce', { ...expected, nonce: 'nonce-nonce-nonce-2' }],
  ['another place', { ...expected, after: 3 }],
])('a page that answers %s is refused', (_what, asked) => {
  expect(() => verifyNacPage(signNacPage(page, sign), isSigned, asked)).toThrow(/not the one/)
})

test('a page of another epoch begins at the beginning', () => {
  const anew = { ...page, after: 0 }

  expect(verifyNacPage(signNacPage(anew, sign), isSigned, { ...expected, epoch: 'ffffffffffffffff' }).epoch).toBe(epoch)
  expect(() => verifyNacPage(signNacPage(page, sign), isSigned, { ...expected, epoch: undefined })).toThrow(
    /not the one/,
  )
})

test.each([
  ['an unknown kind', 'NAC_RECORD_UNKNOWN', { number: 5, kind: 'wish', id: 'x' }],
  ['a member nobody knows', 'BASE_MALFORMED', { ...group, value: { ...group.value, admin: true } }],
  ['the id of another thing', 'NAC_RECORD_UNKNOWN', { ...group, id: 'g2' }],
  ['a number from before the page', 'NAC_FEED_OUT_OF_ORDER', { ...group, number: 4 }],
  ['a number from after the page', 'NAC_FEED_OUT_OF_ORDER', { ...group, number: 8 }],
])('a record with %s is refused', (_what, code, record) => {
  const wrong = { ...page, records: [record as never] }

  expect(() => verifyNacPage(signNacPage(wrong, sign), isSigned, expected)).toThrow(expect.objectContaining({ code }))
})

test('a feed of a later format is refused by name', () => {
  expect(() => verifyNacPage(signNacPage({ ...page, format: 3 }, sign), isSigned, expected)).toThrow(/too old/)
})
