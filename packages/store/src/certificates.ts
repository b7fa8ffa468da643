/**
 * Certificates the console issued or holds. The DER is the truth; the columns are for searching.
 *
 * @module
 */
import type { Bytes } from '@sallygate/base/bytes'
import { newId, refuseDuplicate, type Context } from './context.ts'
import { storeFailure } from './failures.ts'
import type { Schema } from './schema.ts'

/** The profiles of the trust package, by name. */
export type CertificateKind =
  | 'productRoot'
  | 'groupAuthority'
  | 'consoleSigning'
  | 'instance'
  | 'bootstrap'
  | 'consoleIdentity'
  | 'tlsServer'

/**
 * `announced` is trusted already and not used yet; `retired` is replaced but still trusted until its overlap ends;
 * `revoked` is not.
 */
export type CertificateStatus = 'announced' | 'active' | 'retired' | 'revoked'

export interface NewCertificate {
  readonly group?: string | undefined
  readonly kind: CertificateKind
  readonly der: Bytes
  /** SHA-256 of the public key (SPKI DER), hex. */
  readonly keyId: string
  readonly serial: string
  readonly notBefore: Date
  readonly notAfter: Date
}

export interface Certificate extends NewCertificate {
  readonly id: string
  readonly status: CertificateStatus
  readonly createdAt: Date
}

export interface CertificateFilter {
  /** `null` means those of no group. */
  readonly group?: string | null
  readonly kind?: CertificateKind
  readonly status?: CertificateStatus
  readonly keyId?: string
}

export class Certificates {
  readonly #context: Context
  constructor(context: Context) {
    this.#context = context
  }

  async add(certificate: NewCertificate, status: 'announced' | 'active' = 'active'): Promise<Certificate> {
    const row: Schema['certificates'] = {
      id: newId(),
      groupId: certificate.group ?? null,
      kind: certificate.kind,
      der: certificate.der,
      keyId: certificate.keyId,
      serial: certificate.serial,
      notBefore: certificate.notBefore.getTime(),
      notAfter: certificate.notAfter.getTime(),
      status,
      createdAt: this.#context.clock.now().getTime(),
    }
    const { db } = this.#context
    await refuseDuplicate('DUPLICATE', 'certificate', db.insertInto('certificates').values(row).execute())
    return present(row)
  }

  /** @throws STORE_NOT_FOUND. */
  async get(id: string): Promise<Certificate> {
    const { db } = this.#context
    const row = await db.selectFrom('certificates').selectAll().where('id', '=', id).executeTakeFirst()
    if (row === undefined) throw storeFailure('NOT_FOUND', { details: { what: 'certificate' } })
    return present(row)
  }

  /** Newest first. */
  async list(filter: CertificateFilter = {}): Promise<readonly Certificate[]> {
    let query = this.#context.db.selectFrom('certificates').selectAll()
    if (filter.group === null) query = query.where('groupId', 'is', null)
    else if (filter.group !== undefined) query = query.where('groupId', '=', filter.group)
    if (filter.kind !== undefined) query = query.where('kind', '=', filter.kind)
    if (filter.status !== undefined) query = query.where('status', '=', filter.status)
    if (filter.keyId !== undefined) query = query.where('keyId', '=', filter.keyId)
    const rows = await query.orderBy('createdAt', 'desc').orderBy('notAfter', 'desc').orderBy('id').execute()
    return rows.map(present)
  }

  /** The newest active one of its kind. */
  async current(kind: CertificateKind, group?: string): Promise<Certificate | undefined> {
    return (await this.list({ kind, group: group ?? null, status: 'active' })).at(0)
  }

  /** What is revoked stays revoked. @throws STORE_NOT_FOUND. */
  async setStatus(id: string, status: CertificateStatus): Promise<void> {
    let query = this.#context.db.updateTable('certificates').set({ status }).where('id', '=', id)
    if (status !== 'revoked') query = query.where('status', '!=', 'revoked')
    const { numUpdatedRows } = await query.executeTakeFirst()
    if (numUpdatedRows === 0n) throw storeFailure('NOT_FOUND', { details: { what: 'certificate' } })
  }
}

function present(row: Schema['certificates']): Certificate {
  return {
    id: row.id,
    group: row.groupId ?? undefined,
    kind: row.kind as CertificateKind,
    der: row.der,
    keyId: row.keyId,
    serial: row.serial,
    notBefore: new Date(row.notBefore),
    notAfter: new Date(row.notAfter),
    status: row.status as CertificateStatus,
    createdAt: new Date(row.createdAt),
  }
}
