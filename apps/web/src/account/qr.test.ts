import { createHash } from 'node:crypto'
import { expect, test } from 'vitest'
import { qrCode } from './qr.ts'

const bits = (text: string) => qrCode(text)?.map((row) => row.map((isDark) => (isDark ? '1' : '0')).join(''))
const digest = (text: string) => createHash('sha256').update(bits(text)!.join('\n')).digest('hex')

test('a version 3 code is drawn as libqrencode draws it', () => {
  const rows =
    '1fcf4b7f 105cba41 1745235d 1746425d 17517e5d 10413741 1fd5557f 8ae00 1541e112 16264b87 cd85469 bfcd10 dd2dbc4 1bc18e9 7698c7d 19a6eaf3 15681e61 30db46b 16764503 d8ddc28 1058bdf9 1c831e 1fcecb5f 1046ad1b 175f61f0 174188b7 17575539 10424e42 1fd79b97'

  expect(
    bits('Ab9/'.repeat(11).slice(0, 42))
      ?.map((row) => Number.parseInt(row, 2).toString(16))
      .join(' '),
  ).toBe(rows)
})

test('the codes that a reader (zbar) has read back stay as they were', () => {
  expect(digest('otpauth://totp/Sallygate:admin?secret=JBSWY3DPEHPK3PXP&issuer=Sallygate')).toBe(
    'f2ea6adfdac10d5abe029659eeefb1fd3529df57d470e7858c59ae73adc99525',
  )
  expect(digest('Ab9/'.repeat(60).slice(0, 213))).toBe(
    '66b09097dca2e351836f96b215b510d56f89cdce1136447cc57fa9e439004f3d',
  )
})

test('a code is as large as its text needs, and what does not fit gives none', () => {
  const sizes = [14, 26, 42, 62, 84, 106, 122, 152, 180, 213].map((length) => qrCode('x'.repeat(length))?.length)

  expect(sizes).toEqual([21, 25, 29, 33, 37, 41, 45, 49, 53, 57])
  expect(qrCode('x'.repeat(15))).toHaveLength(25)
  expect(qrCode('x'.repeat(214))).toBeUndefined()
})
