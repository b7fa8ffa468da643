/**
 * Where a server points to while somebody reads all of it: told of, and followed by no sync.
 *
 * What lies elsewhere has positions, deletions and memberships of its own: read now and then from a
 * server that may not answer it would make people come and go. A group of its own synchronizes it.
 *
 * @module
 */
import { maxReferred, maxReferredLength } from '../contract.ts'

/** Partitions of Active Directory itself: every search from the root of a domain is pointed to them, and they hold nobody. */
const ownPartitions = /^ldaps?:\/\/[^/]*\/(cn=configuration|dc=domaindnszones|dc=forestdnszones),/i

export class ReferredTo {
  readonly #known = new Set<string>()
  #fresh: string[] = []

  /** @param uris Ways to one place (RFC 4511 4.5.3). */
  add(uris: readonly string[]): void {
    const [first] = uris
    if (first === undefined || ownPartitions.test(first) || this.#known.size >= maxReferred) return
    // Scope and filter behind the name are the server's wish and say nothing about the place.
    const place = printable(first.split('?', 1)[0] ?? first).slice(0, maxReferredLength)
    if (this.#known.has(place)) return
    this.#known.add(place)
    this.#fresh.push(place)
  }

  /** Those that came since. */
  take(): readonly string[] {
    return this.#fresh.splice(0)
  }
}

/** It is shown to people, and it is whatever a server wrote. */
const printable = (text: string) => text.replaceAll(/[\p{C}\p{Zl}\p{Zp}]/gu, '\u{fffd}').toWellFormed()
