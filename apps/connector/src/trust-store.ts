/**
 * The trust set that is held, and the floors that never go down.
 *
 * Who may sign requests comes from here and from nowhere else. Without a set that is
 * valid now nothing is served; an older one still tells whose hello answer to believe,
 * because that answer brings the next.
 *
 * @module
 */
import type { KeyObject } from 'node:crypto'
import { existsSync } from 'node:fs'
import type { Bytes } from '@sallygate/base/bytes'
import type { Failure } from '@sallygate/base/failure'
import { fileFailure } from '@sallygate/base/failures'
import { readFile, writeFileAtomic } from '@sallygate/base/file'
import type { HeldTrustSet, ProtocolFloor } from '@sallygate/envelope'
import { isUnder, verifyTrustSet, type Certificate, type KeyId, type TrustSet } from '@sallygate/trust'
import { z } from 'zod'
import { connectorFailure } from './failures.ts'
import type { Home } from './home.ts'
import type { Identity } from './identity.ts'

/** Set and floors change in one step: a floor above the stored set would leave nobody whose answer could be believed. */
const storedSchema = z.strictObject({
  /** Of another instance, it is from before this host was enrolled anew. */
  instance: z.string(),
  /** The highest ever accepted. */
  number: z.number().int().nonnegative(),
  /** When the set was taken in: it is read again as of then. */
  acceptedAt: z.iso.datetime(),
  set: z.base64(),
  /** No longer read: they are in the set. Files of earlier versions have it. */
  authorities: z.array(z.base64()).max(8).optional(),
  protocolVersion: z.number().int(),
  suite: z.number().int(),
})

type Stored = z.infer<typeof storedSchema>

export class TrustStore {
  readonly #home: Home
  readonly #identity: Identity
  #stored: Stored
  #held: TrustSet
  #writeFailure: Failure | undefined

  /** @throws CONNECTOR_IDENTITY_DAMAGED: with an unreadable floor an old set could come back. */
  constructor(home: Home, identity: Identity) {
    this.#home = home
    this.#identity = identity
    this.#stored = readStored(home, identity) ?? firstOf(identity)
    try {
      // As of when it was taken in: it may be too old to act on, and still says whom to believe for the next one.
      const stored = Buffer.from(this.#stored.set, 'base64')
      // The file is our own, and what it holds was verified when it was taken in.
      this.#held = this.#verify(stored, new Date(this.#stored.acceptedAt), [], true)
    } catch (cause) {
      throw connectorFailure('IDENTITY_DAMAGED', { cause, details: { file: 'trust.json' } })
    }
  }

  get number(): number {
    return this.#held.number
  }

  /** Why the newest state is not on the disk, if it is not. */
  get writeFailure(): Failure | undefined {
    return this.#writeFailure
  }

  get held(): TrustSet {
    return this.#held
  }

  /** For the gate, which compares its end with the corrected clock at every request. */
  readonly forGate = (): HeldTrustSet => this.#held

  isValid(now: Date): boolean {
    return now.getTime() < this.#held.notAfter.getTime()
  }

  /** Keys of console signers, also of a set that has grown old: whether it may still be acted on is the gate's. */
  signerKey(keyId: KeyId, now: Date): KeyObject | undefined {
    const signer = this.#held.verifiedSigners.get(keyId)
    return signer === undefined || now > signer.notAfter ? undefined : signer.publicKey
  }

  /** Whether another authority of the group issues certificates now: this one ends with the grace of its keys. */
  isUnderOldAuthority(certificate: Certificate): boolean {
    const [issuing] = this.#held.authorities
    return issuing !== undefined && !isUnder(certificate, issuing)
  }

  /**
   * Takes in a set. A disk that is full does not keep it from being used: the one on the disk is older, and ends sooner.
   *
   * @param isVouchedFor The console's identity signed the answer that brought it.
   * @returns false for the set that is held already.
   * @throws TRUST_*.
   */
  accept(encoded: Bytes, now: Date, isVouchedFor = false): boolean {
    // Those of the set that is held, and no others: one that was taken out of it must not bring itself back.
    const set = this.#verify(encoded, now, this.#held.authorities, isVouchedFor)
    if (set.number === this.#held.number && set.issuedAt <= this.#held.issuedAt) return false
    this.#held = set
    this.#write({
      ...this.#stored,
      number: set.number,
      acceptedAt: now.toISOString(),
      set: Buffer.from(encoded).toString('base64'),
    })
    return true
  }

  readonly protocolFloor: ProtocolFloor = {
    highest: () => ({ version: this.#stored.protocolVersion, suite: this.#stored.suite }),
    raise: (protocolVersion, suite) => this.#write({ ...this.#stored, protocolVersion, suite }),
  }

  #verify(encoded: Bytes, now: Date, authorities: readonly Certificate[], isVouchedFor: boolean): TrustSet {
    const { root, enrollment } = this.#identity
    const { console, group } = enrollment
    const floorNumber = this.#stored.number
    return verifyTrustSet(encoded, { root, authorities, isVouchedFor, group, console, floorNumber, now })
  }

  #write(stored: Stored): void {
    this.#stored = stored
    try {
      writeFileAtomic(this.#home.trust, `${JSON.stringify(stored, undefined, 2)}\n`)
      this.#writeFailure = undefined
    } catch (error) {
      if (!fileFailure.is(error)) throw error
      this.#writeFailure = error
    }
  }
}

function readStored(home: Home, identity: Identity): Stored | undefined {
  if (!existsSync(home.trust)) return undefined
  try {
    const stored = storedSchema.parse(JSON.parse(readFile(home.trust).toString('utf8')))
    return stored.instance === identity.enrollment.instance ? stored : undefined
  } catch (cause) {
    throw connectorFailure('IDENTITY_DAMAGED', { cause, details: { file: 'trust.json' } })
  }
}

function firstOf({ enrollment, firstTrustSet }: Identity): Stored {
  return {
    instance: enrollment.instance,
    number: 0,
    acceptedAt: enrollment.enrolledAt,
    set: firstTrustSet.toString('base64'),
    protocolVersion: 1,
    suite: 1,
  }
}
