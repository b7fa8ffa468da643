/**
 * The instance book: every connector that was ever enrolled, by id and by key, in memory.
 *
 * Each message from a connector is judged here first, so no look-up may wait for the
 * database. The store is written first and the book follows.
 *
 * @module
 */
import type { KeyObject } from 'node:crypto'
import type { Clock } from '@sallygate/base/clock'
import type { Instance, Store } from '@sallygate/store'
import { exportPublicPoint, parseCertificate, parseIdentityUri, type Certificate, type KeyId } from '@sallygate/trust'

export interface InstanceKey {
  readonly keyId: string
  readonly publicKey: KeyObject
  /** Raw, 65 bytes: what the admission list carries. */
  readonly publicPoint: Uint8Array
  readonly notAfter: Date
}

export interface BookEntry {
  readonly id: string
  readonly group: string
  readonly name: string
  /** Newest first. There are two while an instance changes its key: it may have lost the answer that brought the new one. */
  readonly keys: readonly InstanceKey[]
  readonly certificate: Certificate
  readonly isRevoked: boolean
  /** The authority of its certificate ended while it was away. */
  readonly isLeftBehind: boolean
  readonly createdAt: Date
  /** From the time before this console started. */
  readonly lastSeen: Date | undefined
  readonly software: string | undefined
}

export class InstanceBook {
  readonly #clock: Clock
  readonly #byId = new Map<string, BookEntry>()
  readonly #byKey = new Map<string, BookEntry>()

  private constructor(clock: Clock) {
    this.#clock = clock
  }

  static async open(store: Store, clock: Clock): Promise<InstanceBook> {
    const book = new InstanceBook(clock)
    const rows = await store.certificates.list({ kind: 'instance' })
    const parsed = rows.map((row) => ({ row, certificate: parseCertificate(row.der) }))
    for (const instance of await store.instances.list()) {
      const current = parsed.find(({ row }) => row.id === instance.certificate)
      if (current === undefined) throw new Error('an instance without its certificate')
      const retired = parsed.filter(
        ({ row, certificate }) =>
          row.status === 'retired' && row.keyId !== instance.keyId && instanceOf(certificate) === instance.id,
      )
      book.put(
        instance,
        [current, ...retired].map(({ certificate }) => certificate),
        { isLeftBehind: current.row.status === 'revoked' },
      )
    }
    return book
  }

  /** @param certificates Newest first. */
  put(
    instance: Instance,
    certificates: readonly Certificate[],
    { isLeftBehind }: { readonly isLeftBehind: boolean } = { isLeftBehind: false },
  ): BookEntry {
    const { id, group, name, createdAt, lastSeen, software } = instance
    const [certificate] = certificates
    if (certificate === undefined) throw new Error('an instance has a certificate')
    for (const { keyId } of this.#byId.get(id)?.keys ?? []) this.#byKey.delete(keyId)
    const entry: BookEntry = {
      id,
      group,
      name,
      createdAt,
      lastSeen,
      software,
      certificate,
      keys: certificates.map(keyOf),
      isRevoked: instance.status === 'revoked',
      isLeftBehind: isLeftBehind && instance.status !== 'revoked',
    }
    this.#byId.set(id, entry)
    for (const { keyId } of entry.keys) this.#byKey.set(keyId, entry)
    return entry
  }

  find(id: string): BookEntry | undefined {
    return this.#byId.get(id)
  }

  /** Whose signature counts now: known, not revoked, and its certificate not over. */
  signer(keyId: KeyId): { readonly entry: BookEntry; readonly key: InstanceKey } | undefined {
    const entry = this.#byKey.get(keyId)
    const key = entry?.keys.find((candidate) => candidate.keyId === keyId)
    if (entry === undefined || key === undefined || isShut(entry) || this.#isOver(key)) return undefined
    return { entry, key }
  }

  isGood(entry: BookEntry): boolean {
    return this.goodKeys(entry).length > 0
  }

  goodKeys(entry: BookEntry): readonly InstanceKey[] {
    return isShut(entry) ? [] : entry.keys.filter((key) => !this.#isOver(key))
  }

  list(group?: string): readonly BookEntry[] {
    const all = [...this.#byId.values()]
    return group === undefined ? all : all.filter((entry) => entry.group === group)
  }

  #isOver(key: InstanceKey): boolean {
    return this.#clock.now() > key.notAfter
  }
}

function isShut({ isRevoked, isLeftBehind }: BookEntry): boolean {
  return isRevoked || isLeftBehind
}

function keyOf(certificate: Certificate): InstanceKey {
  const { keyId, publicKey, notAfter } = certificate
  return { keyId, publicKey, publicPoint: exportPublicPoint(publicKey), notAfter }
}

function instanceOf({ names }: Certificate): string | undefined {
  const [only] = names
  const name = only?.kind === 'uri' ? parseIdentityUri(only.value) : undefined
  return name?.role === 'connector' ? name.instance : undefined
}
