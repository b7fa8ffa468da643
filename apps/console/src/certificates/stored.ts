/**
 * Certificates and keys between their two homes: rows of the store, objects of trust.
 *
 * @module
 */
import { createPrivateKey } from 'node:crypto'
import { Secret } from '@sallygate/base/secret'
import { exportPrivateKey, parseCertificate, type Certificate, type Holder } from '@sallygate/trust'
import type { Certificate as Row, CertificateKind, KeyPurpose, Repositories } from '@sallygate/store'

/** A holder whose certificate has a row. */
export interface StoredHolder extends Holder {
  readonly id: string
  readonly createdAt: Date
}

export async function addCertificate(
  store: Pick<Repositories, 'certificates'>,
  kind: CertificateKind,
  certificate: Certificate,
  group?: string,
  status: 'announced' | 'active' = 'active',
): Promise<Row> {
  const { der, keyId, serial, notBefore, notAfter } = certificate
  return store.certificates.add({ group, kind, der, keyId, serial, notBefore, notAfter }, status)
}

export async function addHolder(
  store: Pick<Repositories, 'certificates' | 'keys'>,
  kind: CertificateKind & KeyPurpose,
  holder: Holder,
  group?: string,
  status: 'announced' | 'active' = 'active',
): Promise<StoredHolder> {
  const row = await addCertificate(store, kind, holder.certificate, group, status)
  const pkcs8 = new Secret(exportPrivateKey(holder.privateKey))
  await store.keys.add({ purpose: kind, group, certificate: row.id, pkcs8 })
  return { ...holder, id: row.id, createdAt: row.createdAt }
}

/** Unseals the key of a certificate. @throws STORE_CANNOT_UNSEAL. */
export async function openHolder(store: Pick<Repositories, 'keys'>, row: Row): Promise<StoredHolder> {
  const stored = await store.keys.ofCertificate(row.id)
  if (stored === undefined) throw new Error(`a ${row.kind} certificate without its key`)
  const pkcs8 = await store.keys.open(stored.id)
  const privateKey = createPrivateKey({ key: pkcs8.reveal(), format: 'der', type: 'pkcs8' })
  return { certificate: parseCertificate(row.der), privateKey, id: row.id, createdAt: row.createdAt }
}
