/**
 * The admission book: whom the relay lets attach.
 *
 * Consoles by the secure-channel file, connectors by the last list a console signed.
 * The list is the relay's only memory across a restart; it is public keys and
 * pseudonyms, and its number is the floor under which no list is taken.
 *
 * @module
 */
import { existsSync } from 'node:fs'
import { equalBytes, toHex, type Bytes } from '@sallygate/base/bytes'
import { readFile, writeFileAtomic } from '@sallygate/base/file'
import type { Log } from '@sallygate/base/log'
import {
  connectorAddress,
  decodeSecureChannel,
  hopFailure,
  openAdmission,
  routeKey,
  type Address,
  type AdmissionList,
  type FrameNamed,
  type SecureChannel,
} from '@sallygate/hop'

export type Verdict = FrameNamed<'admitted'>

export class AdmissionBook {
  readonly #channelFile: string
  readonly #listFile: string
  readonly #log: Log
  #channel: SecureChannel
  #consoles: ReadonlySet<string>
  #admitted: ReadonlySet<string> = new Set()
  #signed: Bytes | undefined
  #number = 0
  #isSaved = true

  /** @throws FILE_MISSING, FILE_UNREADABLE, HOP_BAD_SECURE_CHANNEL */
  constructor(channelFile: string, listFile: string, log: Log) {
    this.#channelFile = channelFile
    this.#listFile = listFile
    this.#log = log
    this.#channel = decodeSecureChannel(readFile(channelFile))
    this.#consoles = new Set(this.#channel.consoles.map(toHex))
    this.#restore()
  }

  get relay(): SecureChannel['relay'] {
    return this.#channel.relay
  }

  /** 0 while there is no list. */
  get number(): number {
    return this.#number
  }

  /** The list in force, as a console signed it. */
  get signed(): Bytes | undefined {
    return this.#signed
  }

  get hasList(): boolean {
    return this.#signed !== undefined
  }

  /** Whether a peer that holds this key may be at this address. Guests are not asked about. */
  admits(address: Address, publicKey: string): boolean {
    if (address.role === 'console') return this.#consoles.has(publicKey)
    return this.#admitted.has(entryKey(address, publicKey))
  }

  /** Another import of the secure channel: other consoles may attach from now on. The relay's own name stays. */
  reloadChannel(): void {
    const channel = decodeSecureChannel(readFile(this.#channelFile))
    if (channel.relay !== this.#channel.relay) throw hopFailure('BAD_SECURE_CHANNEL', { details: { relay: 'changed' } })
    this.#channel = channel
    this.#consoles = new Set(channel.consoles.map(toHex))
  }

  /**
   * Takes a whole signed list into force and keeps it. A list that cannot be kept is in
   * force all the same: a revocation must not wait for somebody to make room on a disk.
   */
  receive(signed: Bytes, from = 'a console'): Verdict {
    let list: AdmissionList
    try {
      list = openAdmission(signed, this.#channel, this.#number)
    } catch (error) {
      return this.#refuse(error, from)
    }
    if (list.number === this.#number && this.#signed !== undefined && !equalBytes(signed, this.#signed)) {
      return this.#refuse(
        hopFailure('ADMISSION_STALE', { details: { number: list.number, floor: this.#number } }),
        from,
      )
    }
    this.#enforce(list, signed)
    return this.#save()
  }

  #enforce(list: AdmissionList, signed: Bytes): void {
    const isSame = this.#signed !== undefined && equalBytes(signed, this.#signed)
    this.#isSaved = isSame && this.#isSaved
    this.#signed = Buffer.from(signed)
    this.#number = list.number
    this.#admitted = new Set(
      list.entries.map(({ group, instance, publicKey }) =>
        entryKey(connectorAddress(group, instance), toHex(publicKey)),
      ),
    )
    this.#log.info('admission list in force', { number: list.number, entries: list.entries.length })
  }

  #save(): Verdict {
    if (!this.#isSaved) {
      try {
        writeFileAtomic(this.#listFile, this.#signed ?? new Uint8Array())
        this.#isSaved = true
      } catch (error) {
        this.#log.error('admission list not saved', { number: this.#number, error })
        return { type: 'admitted', number: this.#number, ok: false, reason: 'notSaved' }
      }
    }
    return { type: 'admitted', number: this.#number, ok: true, reason: 'accepted' }
  }

  #restore(): void {
    if (!existsSync(this.#listFile)) return
    const signed = readFile(this.#listFile)
    try {
      this.#enforce(openAdmission(signed, this.#channel, 0), signed)
      this.#isSaved = true
    } catch (error) {
      // From another secure channel, or damaged. The console pushes a whole list as soon as it attaches.
      this.#log.warn('kept admission list not used', { error })
    }
  }

  #refuse(error: unknown, from: string): Verdict {
    // Nodes tell each other what they have; that it is older than ours is as it should be.
    const isOlder = hopFailure.is(error) && error.code === 'HOP_ADMISSION_STALE' && from !== 'a console'
    if (!isOlder) this.#log.warn('admission list refused', { error, from })
    const verdict = { type: 'admitted', number: this.#number, ok: false } as const
    if (!hopFailure.is(error)) throw error
    if (error.code === 'HOP_ADMISSION_BAD_SIGNATURE') return { ...verdict, reason: 'badSignature' }
    if (error.code === 'HOP_ADMISSION_STALE') return { ...verdict, reason: 'stale' }
    if (error.code === 'HOP_ADMISSION_WRONG_RELAY') return { ...verdict, reason: 'wrongRelay' }
    return { ...verdict, reason: 'malformed' }
  }
}

function entryKey(address: Address, publicKey: string): string {
  return routeKey(address) + publicKey
}
