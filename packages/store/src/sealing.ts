/**
 * Sealing: one secret, one key, one place. AES-256-GCM with whole tags; the
 * place is authenticated data. Knows nothing of the database.
 *
 * @module
 */
import { createCipheriv, createDecipheriv, hkdfSync } from 'node:crypto'
import { concat, encodeUtf8, randomBytes, type Bytes } from '@sallygate/base/bytes'
import { layout, text, u32, u8 } from '@sallygate/base/layout'
import { Secret } from '@sallygate/base/secret'

/** Where a sealed value lives. `group` is absent for what belongs to the installation. */
export interface Place {
  readonly table: string
  readonly column: string
  readonly row: string
  readonly group: string | undefined
}

const sealedHead = layout({ format: u8, keyVersion: u32 })
const headBytes = 5
const nonceBytes = 12
const tagBytes = 16
const format = 1

export function writeHead(keyVersion: number): Buffer {
  return sealedHead.encode({ format, keyVersion })
}

/** @returns the version of the key, and what was sealed under it. */
export function readHead(sealed: Bytes): { readonly keyVersion: number; readonly body: Bytes } {
  const head = sealedHead.decode(sealed.subarray(0, headBytes))
  if (head.format !== format) throw new Error('unknown format')
  return { keyVersion: head.keyVersion, body: sealed.subarray(headBytes) }
}

const placeAad = layout({
  label: text(40),
  table: text(64),
  column: text(64),
  row: text(256),
  scope: text(64),
  keyVersion: u32,
})

/** A value that only the right master key opens; tells a wrong key file from a damaged database. */
export function sealKeyCheck(masterKey: Secret<Buffer>, installationId: string): Buffer {
  return encrypt(wrappingKey(masterKey).reveal(), encodeUtf8(installationId), checkAad(installationId))
}

export function opensKeyCheck(masterKey: Secret<Buffer>, installationId: string, check: Bytes): boolean {
  try {
    decrypt(wrappingKey(masterKey).reveal(), check, checkAad(installationId))
    return true
  } catch {
    return false
  }
}

export function wrappingKey(masterKey: Secret<Buffer>): Secret<Buffer> {
  return new Secret(Buffer.from(hkdfSync('sha256', masterKey.reveal(), '', 'sallygate master wrapping v1', 32)))
}

export function valueAad(place: Place, keyVersion: number): Buffer {
  const { table, column, row } = place
  return placeAad.encode({
    label: 'sallygate sealed value v1',
    table,
    column,
    row,
    scope: place.group ?? '',
    keyVersion,
  })
}

export function dataKeyAad(scope: string, keyVersion: number): Buffer {
  const place = { table: 'dataKeys', column: 'sealed', row: scope, scope }
  return placeAad.encode({ label: 'sallygate data key v1', ...place, keyVersion })
}

function checkAad(installationId: string): Buffer {
  const place = { table: 'meta', column: 'value', row: installationId, scope: '' }
  return placeAad.encode({ label: 'sallygate key check v1', ...place, keyVersion: 0 })
}

export function encrypt(key: Bytes, plaintext: Bytes, aad: Bytes): Buffer {
  const nonce = randomBytes(nonceBytes)
  const cipher = createCipheriv('aes-256-gcm', key, nonce, { authTagLength: tagBytes })
  cipher.setAAD(aad)
  return concat(nonce, cipher.update(plaintext), cipher.final(), cipher.getAuthTag())
}

export function decrypt(key: Bytes, sealed: Bytes, aad: Bytes): Buffer {
  if (sealed.length < nonceBytes + tagBytes) throw new Error('too short')
  const end = sealed.length - tagBytes
  const decipher = createDecipheriv('aes-256-gcm', key, sealed.subarray(0, nonceBytes), { authTagLength: tagBytes })
  decipher.setAAD(aad)
  decipher.setAuthTag(sealed.subarray(end))
  return concat(decipher.update(sealed.subarray(nonceBytes, end)), decipher.final())
}
