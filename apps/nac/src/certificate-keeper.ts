/**
 * The server certificate: read again when its files change, and renewed under the same authority.
 *
 * ISE was told once which authority to trust; a certificate that came from another one
 * would deny everybody the network. The key is made here and never leaves; only a
 * request goes to the console.
 *
 * @module
 */
import { createPrivateKey, X509Certificate } from 'node:crypto'
import { statSync } from 'node:fs'
import { every, type Clock, type Timer } from '@sallygate/base/clock'
import { toBase64Url } from '@sallygate/base/bytes'
import { readFile, readPrivateFile, writeFileAtomic } from '@sallygate/base/file'
import type { Log } from '@sallygate/base/log'
import { makeCertificateRequest, makePrivateKey, signStatement } from '@sallygate/trust'
import type { ConsoleLink } from './feed/console-link.ts'
import { feedFailure } from './feed/failures.ts'
import type { KeyPair } from './http/listener.ts'

export interface CertificateKeeperParts {
  readonly clock: Clock
  readonly log: Log
  readonly certificateFile: string
  readonly privateKeyFile: string
  readonly link: Pick<ConsoleLink, 'ask'> | undefined
}

const lookEveryMs = 10_000
const renewEveryMs = 3_600_000

/** What the request for a new certificate is signed under, with the old key. */
export const renewalLabel = 'nac certificate renewal'

export class CertificateKeeper {
  readonly #parts: CertificateKeeperParts
  #pair: KeyPair
  #seenMs: number | undefined
  #timers: readonly Timer[] = []
  #onNew: (pair: KeyPair) => void = () => undefined

  /** @throws FILE_*. */
  constructor(parts: CertificateKeeperParts) {
    this.#parts = parts
    this.#seenMs = this.#changedMs()
    this.#pair = this.#read()
  }

  get pair(): KeyPair {
    return this.#pair
  }

  /** The chain that is served. */
  get pem(): string {
    return this.#pair.certificate.toString()
  }

  get notAfter(): Date {
    return new X509Certificate(this.#pair.certificate).validToDate
  }

  start(onNew: (pair: KeyPair) => void): void {
    this.#onNew = onNew
    this.#timers = [
      every(this.#parts.clock, lookEveryMs, () => this.look()),
      every(this.#parts.clock, renewEveryMs, () => void this.renewWhenDue()),
    ]
    void this.renewWhenDue()
  }

  stop(): void {
    for (const timer of this.#timers) timer.cancel()
  }

  look(): void {
    const changed = this.#changedMs()
    if (changed === undefined || changed === this.#seenMs) return
    try {
      this.#use(this.#read())
      this.#seenMs = changed
    } catch (error) {
      // Half of a new pair may be on the disk; the old one serves until both halves fit.
      this.#parts.log.warn('certificate not replaced', { error })
    }
  }

  /** At two thirds of its life, which leaves months for whatever goes wrong. Never throws: the old one still serves. */
  async renewWhenDue(): Promise<void> {
    const { clock, log, link } = this.#parts
    const { validFromDate, validToDate } = new X509Certificate(this.#pair.certificate)
    const due = validFromDate.getTime() + ((validToDate.getTime() - validFromDate.getTime()) * 2) / 3
    if (link === undefined || clock.now().getTime() < due) return
    try {
      await this.#renew(link)
    } catch (error) {
      log.warn('the TLS certificate was not renewed', { error, notAfter: validToDate.toISOString() })
    }
  }

  async #renew(link: Pick<ConsoleLink, 'ask'>): Promise<void> {
    const { certificateFile, privateKeyFile, log } = this.#parts
    const key = makePrivateKey()
    const request = await makeCertificateRequest(key)
    // Only who holds the old key gets a new certificate for its names.
    const proof = signStatement(renewalLabel, createPrivateKey(this.#pair.privateKey), request)
    const body = { current: this.pem, request: toBase64Url(request), proof: toBase64Url(proof) }
    const answer = await link.ask({ method: 'POST', path: '/api/nac/certificate', body, timeoutMs: 15_000 })
    const { certificatePem } = answer as { readonly certificatePem?: unknown }
    if (typeof certificatePem !== 'string') throw feedFailure('ANSWER_UNREADABLE')
    const privateKey = key.export({ format: 'pem', type: 'pkcs8' }).toString()
    const pair = { certificate: certificatePem, privateKey }
    // Served before it is kept: a pair that does not fit must not be on the disk.
    this.#use(pair)
    writeFileAtomic(privateKeyFile, privateKey)
    writeFileAtomic(certificateFile, certificatePem, { mode: 0o644 })
    this.#seenMs = this.#changedMs()
    log.info('the TLS certificate was renewed', { notAfter: this.notAfter.toISOString() })
  }

  #use(pair: KeyPair): void {
    const leaf = new X509Certificate(pair.certificate)
    this.#onNew(pair)
    this.#pair = pair
    this.#parts.log.info('certificate replaced', { notAfter: leaf.validTo })
  }

  #read(): KeyPair {
    const { certificateFile, privateKeyFile } = this.#parts
    return { certificate: readFile(certificateFile), privateKey: readPrivateFile(privateKeyFile) }
  }

  #changedMs(): number | undefined {
    return statSync(this.#parts.certificateFile, { throwIfNoEntry: false })?.mtimeMs
  }
}
