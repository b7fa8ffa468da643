/**
 * Instances: what happens to a connector's identity after it was enrolled.
 *
 * Store first, then the book, then the relay: whoever is refused here is refused
 * whatever the relay does, and a relay that is away is told when it is back.
 *
 * @module
 */
import type { Log } from '@sallygate/base/log'
import type { Instance, Store } from '@sallygate/store'
import {
  exportPublicPoint,
  isUnder,
  parseCertificate,
  readCertificateRequest,
  type Certificate,
} from '@sallygate/trust'
import type { GroupAuthorities } from '../certificates/group-authorities.ts'
import { addCertificate } from '../certificates/stored.ts'
import type { BookEntry, InstanceBook } from './instance-book.ts'
import type { Revocations } from './revocations.ts'
import type { Sessions } from './sessions.ts'

export interface InstancesParts {
  readonly store: Store
  readonly log: Log
  readonly authorities: GroupAuthorities
  readonly book: InstanceBook
  readonly sessions: Sessions
  readonly revocations: Pick<Revocations, 'add'>
  /** Resolves when the relay has the list, or cannot be asked now. */
  readonly admit: () => Promise<void>
  /** Ends what is under way with an instance. */
  readonly drop: (instance: string) => void
}

export class Instances {
  readonly #parts: InstancesParts

  constructor(parts: InstancesParts) {
    this.#parts = parts
  }

  /** For good. Doing it again changes nothing. */
  async revoke(id: string): Promise<void> {
    const { store, log, sessions, admit, drop } = this.#parts
    const instance = await store.instances.revoke(id)
    this.#parts.revocations.add(id)
    await this.#put(instance)
    sessions.end(id)
    drop(id)
    log.warn('connector revoked', { instance: id, name: instance.name })
    await admit()
  }

  /** A certificate for the key in the request; the old one counts until the new one is used. */
  async renew(
    entry: BookEntry,
    certificateRequest: Uint8Array,
  ): Promise<{ certificate: Buffer; groupAuthority: Buffer }> {
    const { store, log, authorities, admit } = this.#parts
    const { publicKey, keyId } = readCertificateRequest(certificateRequest)
    const { certificate, authority } = await authorities.issueInstance(entry.group, entry.id, publicKey)
    const instance = await store.transaction(async (inside) => {
      const row = await addCertificate(inside, 'instance', certificate, entry.group)
      return inside.instances.renew(entry.id, { publicKey: exportPublicPoint(publicKey), keyId, certificate: row.id })
    })
    // A certificate for the key it has needs no second key; a new key is used only once the instance has its certificate.
    const before = entry.certificate.keyId === keyId ? [] : [entry.certificate]
    this.#parts.book.put(instance, [certificate, ...before])
    log.info('connector certificate renewed', { instance: entry.id, notAfter: certificate.notAfter })
    // The relay knows keys only: with many connectors under a new authority, a list for each would be many lists.
    if (before.length > 0) await admit()
    return { certificate: certificate.der, groupAuthority: authority.der }
  }

  /** The instance has shown that it has its newest key: older ones are over. */
  async usedNewest(entry: BookEntry): Promise<void> {
    if (entry.keys.length < 2) return
    const { store, admit } = this.#parts
    for (const { keyId } of entry.keys.slice(1)) {
      for (const row of await store.certificates.list({ kind: 'instance', keyId, status: 'retired' })) {
        await store.certificates.setStatus(row.id, 'revoked')
      }
    }
    await this.#put(await store.instances.get(entry.id))
    await admit()
  }

  /** Whoever of a group is not under this authority has to be enrolled again. @returns who that is. */
  async leaveBehind(group: string, authority: Certificate): Promise<readonly BookEntry[]> {
    const { store, log, book, sessions, admit, drop } = this.#parts
    const left = book.list(group).filter((entry) => book.isGood(entry) && !isUnder(entry.certificate, authority))
    for (const { id, name } of left) {
      const instance = await store.instances.get(id)
      await store.certificates.setStatus(instance.certificate, 'revoked')
      await this.#put(instance)
      sessions.end(id)
      drop(id)
      log.warn('connector has to be enrolled again', { instance: id, name })
    }
    if (left.length > 0) await admit()
    return left
  }

  async #put(instance: Instance): Promise<void> {
    const { store, book } = this.#parts
    const row = await store.certificates.get(instance.certificate)
    book.put(instance, [parseCertificate(row.der)], { isLeftBehind: row.status === 'revoked' })
  }
}
