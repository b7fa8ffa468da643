import { expect, test } from 'vitest'
import { pemOf } from './pem.ts'

const bytes = (text: string) => new TextEncoder().encode(text)
const certificate = '-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----'

test('certificates are taken out of whatever stands around them', () => {
  expect(pemOf(bytes(`subject=x\n${certificate}\nmore\n${certificate}`))).toEqual({
    pem: `${certificate}\n${certificate}`,
  })
})

test('DER becomes PEM', () => {
  const { pem } = pemOf(Uint8Array.of(0x30, 0x82, 1, 2, 3))

  expect(pem).toBe('-----BEGIN CERTIFICATE-----\nMIIBAgM=\n-----END CERTIFICATE-----')
})

test('a private key is never taken, also not beside a certificate', () => {
  expect(pemOf(bytes(`${certificate}\n-----BEGIN RSA PRIVATE KEY-----\nx`))).toEqual({
    refusal: 'The file holds a private key. It stays where it is.',
  })
  expect(pemOf(bytes('hello'))).toEqual({ refusal: 'There is no certificate in the file.' })
})
