/**
 * The certificate desk: what ISE has to import, and a new certificate under the same authority.
 *
 * @module
 */
import { X509Certificate } from 'node:crypto'
import { fromBase64Url } from '@sallygate/base/bytes'
import type { Clock } from '@sallygate/base/clock'
import { Failure } from '@sallygate/base/failure'
import type { Store } from '@sallygate/store'
import {
  certificatePem,
  issueTlsServer,
  parseCertificate,
  readCertificateRequest,
  verifyStatement,
  type Certificate,
} from '@sallygate/trust'
import type { Installation } from '../certificates/installation.ts'
import { addCertificate } from '../certificates/stored.ts'
import { nacDeskFailure } from './failures.ts'

/** As in nac's certificate keeper. */
const renewalLabel = 'nac certificate renewal'
/** How long after its end a certificate still proves who wants the next one. */
const lateMs = 90 * 86_400_000

export interface Renewal {
  /** PEM of the certificate that is served now. */
  readonly current: string
  /** PKCS#10 of the new key, and a signature over it with the old one; base64url. */
  readonly request: string
  readonly proof: string
}

export class CertificateDesk {
  readonly #parts: { readonly store: Store; readonly clock: Clock; readonly installation: Installation }

  constructor(parts: { readonly store: Store; readonly clock: Clock; readonly installation: Installation }) {
    this.#parts = parts
  }

  /** The authority under which nac's certificates are: what ISE trusts once and for all. */
  get authority(): Certificate {
    return this.#parts.installation.root
  }

  /**
   * For exactly the names of the old one, to whoever holds the old key.
   *
   * @throws NAC_DESK_NOT_RENEWABLE.
   */
  async renew(renewal: Renewal): Promise<string> {
    const { store, clock, installation } = this.#parts
    const current = this.#ours(renewal.current)
    const request = fromBase64Url(renewal.request)
    const isProven = verifyStatement(renewalLabel, current.publicKey, fromBase64Url(renewal.proof), request)
    if (!isProven) throw nacDeskFailure('NOT_RENEWABLE', { details: { because: 'proof' } })
    const { publicKey } = readCertificateRequest(request)
    // As the runtime prints them; the name of a certificate of our own has no comma in it.
    const names = (current.x509.subjectAltName ?? '').split(', ')
    const of = (kind: string) => names.flatMap((name) => (name.startsWith(kind) ? [name.slice(kind.length)] : []))
    const certificate = await issueTlsServer({
      issuer: await installation.openRoot(),
      publicKey,
      at: clock.now(),
      hosts: of('DNS:'),
      addresses: of('IP Address:'),
    })
    await addCertificate(store, 'tlsServer', certificate)
    return certificatePem(certificate)
  }

  #ours(pem: string): Certificate {
    const { clock, installation } = this.#parts
    const because = (reason: string, cause?: unknown) =>
      nacDeskFailure('NOT_RENEWABLE', { cause, details: { because: reason } })
    try {
      const leaf = new X509Certificate(pem)
      if (!leaf.verify(installation.root.publicKey)) throw because('another authority')
      if (leaf.validToDate.getTime() + lateMs < clock.now().getTime()) throw because('ended long ago')
      return parseCertificate(leaf.raw)
    } catch (cause) {
      throw cause instanceof Failure && nacDeskFailure.is(cause) ? cause : because('unreadable', cause)
    }
  }
}
