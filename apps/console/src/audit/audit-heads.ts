/**
 * Audit heads: where the audit log stands, signed, to be left with others.
 *
 * Whoever holds one can later show that the log of that day is no longer what it was:
 * rows were taken off its end, or all of it was written anew. Signed by the console's
 * identity, so that a made-up head proves nothing.
 *
 * @module
 */
import { sign, verify } from 'node:crypto'
import { concat, encodeUtf8, fromBase64Url, toBase64Url, toHex, type Bytes } from '@sallygate/base/bytes'
import type { Clock } from '@sallygate/base/clock'
import { fixed, instant, layout, u64, u8 } from '@sallygate/base/layout'
import type { LogHead, Store } from '@sallygate/store'
import { parseCertificate } from '@sallygate/trust'
import type { Installation } from '../certificates/installation.ts'

const version = 1
const label = encodeUtf8('sallygate audit head v1\0')

const statement = layout({ version: u8, console: fixed(16), position: u64, hash: fixed(32), at: instant })
const signed = layout({ statement: fixed(65), signature: fixed(64) })

export interface AuditHeadParts {
  readonly store: Pick<Store, 'auditLog' | 'certificates'>
  readonly installation: Installation
  readonly clock: Clock
}

export class AuditHeads {
  readonly #parts: AuditHeadParts
  #last: { readonly position: number; readonly head: Buffer } | undefined

  constructor(parts: AuditHeadParts) {
    this.#parts = parts
  }

  /** Signed once per position, however many connectors ask. */
  current(): Buffer {
    const { position, hash } = this.#parts.store.auditLog.head
    if (this.#last?.position !== position) this.#last = { position, head: this.#sign({ position, hash }) }
    return this.#last.head
  }

  /** @returns `undefined` for what this console never signed. */
  async read(written: string): Promise<LogHead | undefined> {
    const { installation, store } = this.#parts
    try {
      const { statement: said, signature } = signed.decode(fromBase64Url(written))
      const { version: of, console, position, hash } = statement.decode(said)
      if (of !== version || toHex(console) !== installation.console) return undefined
      const identities = await store.certificates.list({ kind: 'consoleIdentity' })
      const isOurs = identities.some(({ der }) =>
        verify(
          'sha256',
          concat(label, said),
          { key: parseCertificate(der).publicKey, dsaEncoding: 'ieee-p1363' },
          signature,
        ),
      )
      return isOurs ? { position, hash } : undefined
    } catch {
      return undefined
    }
  }

  #sign({ position, hash }: LogHead): Buffer {
    const { installation, clock } = this.#parts
    const console: Bytes = Buffer.from(installation.console, 'hex')
    const said = statement.encode({ version, console, position, hash, at: clock.now() })
    const { privateKey } = installation.identity
    const signature = sign('sha256', concat(label, said), { key: privateKey, dsaEncoding: 'ieee-p1363' })
    return signed.encode({ statement: said, signature })
  }
}

/** As it lies in the file of a connector. */
export function printAuditHead(head: Bytes): string {
  return toBase64Url(head)
}
