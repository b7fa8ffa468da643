/**
 * The certificate that a client showed, read once for each connection.
 *
 * Accounts name certificates by their thumbprints, so who issued one is nobody's concern;
 * that its holder has the key is proven by the handshake. Outside its time it is as good as none.
 *
 * @module
 */
import type { TLSSocket } from 'node:tls'
import type { Clock } from '@sallygate/base/clock'
import { LogLimit } from '@sallygate/base/log-limit'
import type { Log } from '@sallygate/base/log'

interface Shown {
  /** SHA-256 of it, lower-case hex. */
  readonly thumbprint: string
  readonly notBeforeMs: number
  readonly notAfterMs: number
}

export class ClientCertificates {
  readonly #clock: Clock
  readonly #log: Log
  readonly #said: LogLimit
  /** What a connection shows stays the same for as long as it lives. */
  readonly #shown = new WeakMap<object, Shown | 'none'>()

  constructor({ clock, log }: { readonly clock: Clock; readonly log: Log }) {
    this.#clock = clock
    this.#log = log
    this.#said = new LogLimit(clock)
  }

  /** The thumbprint; `undefined` where none was shown, or one that is not valid now. */
  thumbprintOf(socket: object): string | undefined {
    let shown = this.#shown.get(socket)
    if (shown === undefined) this.#shown.set(socket, (shown = read(socket as Partial<TLSSocket>) ?? 'none'))
    if (shown === 'none') return undefined
    const { thumbprint, notBeforeMs, notAfterMs } = shown
    const nowMs = this.#clock.now().getTime()
    if (nowMs >= notBeforeMs && nowMs <= notAfterMs) return thumbprint
    if (this.#said.admit('outside its time') !== undefined)
      this.#log.warn('a client showed a certificate outside its time', {
        thumbprint,
        notBefore: new Date(notBeforeMs).toISOString(),
        notAfter: new Date(notAfterMs).toISOString(),
      })
    return undefined
  }
}

function read(socket: Partial<TLSSocket>): Shown | undefined {
  const certificate = socket.getPeerX509Certificate?.()
  if (certificate === undefined) return undefined
  return {
    thumbprint: certificate.fingerprint256.replaceAll(':', '').toLowerCase(),
    notBeforeMs: certificate.validFromDate.getTime(),
    notAfterMs: certificate.validToDate.getTime(),
  }
}
