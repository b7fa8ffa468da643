/**
 * The descriptor desk: what this console's encryption key is, signed, for whoever asks.
 *
 * The key lives in memory only, so every start has a new one and a new descriptor.
 *
 * @module
 */
import { toHex } from '@sallygate/base/bytes'
import type { Clock } from '@sallygate/base/clock'
import { ANNOUNCEMENT, answerWithDescriptor, EncryptionKeyRing, openDescriptorQuery } from '@sallygate/envelope'
import { descriptorDigest, makeDescriptor, maxDescriptorLifeMs } from '@sallygate/trust'
import type { Installation } from '../certificates/installation.ts'

/** A descriptor with less life than this is replaced before it is given out. */
const leastLifeMs = 12 * 3_600_000

interface Issued {
  readonly encoded: Buffer
  readonly digest: string
  readonly notAfter: Date
  readonly key: string
}

export class DescriptorDesk {
  readonly #installation: Installation
  readonly #clock: Clock
  readonly ring: EncryptionKeyRing
  #issued: Issued[] = []

  constructor(installation: Installation, clock: Clock, onNewKey: () => void) {
    this.#installation = installation
    this.#clock = clock
    this.ring = new EncryptionKeyRing({ clock, onRotate: onNewKey })
  }

  current(): Buffer {
    const now = this.#clock.now()
    const newest = this.#issued.at(-1)
    const key = this.ring.publicKey.digest
    if (newest !== undefined && newest.key === key && newest.notAfter.getTime() - now.getTime() > leastLifeMs) {
      return newest.encoded
    }
    const notAfter = new Date(now.getTime() + maxDescriptorLifeMs)
    const { console, identity, root } = this.#installation
    const encoded = makeDescriptor(
      { console, encryptionKey: this.ring.publicKey.raw, issuedAt: now, notAfter },
      identity,
      root,
    )
    this.#issued = [...this.#issued, { encoded, digest: toHex(descriptorDigest(encoded)), notAfter, key }].slice(-8)
    return encoded
  }

  /** Whether we signed a descriptor with this digest, and it has not ended. */
  readonly isOwn = (digest: string): boolean =>
    this.#issued.some((issued) => issued.digest === digest && issued.notAfter > this.#clock.now())

  /** @throws ENVELOPE_CANNOT_OPEN. */
  answer(query: Buffer): Buffer {
    return answerWithDescriptor(openDescriptorQuery(query), this.current())
  }

  /** For those who may not know that the key is new. */
  announcement(): Buffer {
    return answerWithDescriptor(ANNOUNCEMENT, this.current())
  }

  stop(): void {
    this.ring.stop()
  }
}
