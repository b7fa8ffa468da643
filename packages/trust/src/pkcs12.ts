/**
 * PKCS#12: one private key and its chain, under a certificate password.
 *
 * Written the one modern way and read the same way; legacy ciphers are refused
 * by name. This file holds what writer and reader agree on.
 *
 * @module
 */
import type { KeyObject } from 'node:crypto'
import type { Certificate } from './certificate.ts'

export const maxBundleLength = 64 * 1024

export const bundleType = {
  data: '1.2.840.113549.1.7.1',
  encryptedData: '1.2.840.113549.1.7.6',
  shroudedKeyBag: '1.2.840.113549.1.12.10.1.2',
  certificateBag: '1.2.840.113549.1.12.10.1.3',
  x509Certificate: '1.2.840.113549.1.9.22.1',
  localKeyId: '1.2.840.113549.1.9.21',
  sha256: '2.16.840.1.101.3.4.2.1',
} as const

export interface Bundle {
  readonly privateKey: KeyObject
  /** The key's own certificate first. */
  readonly certificates: readonly Certificate[]
}
