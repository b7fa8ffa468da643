/**
 * Group authorities: for each organization group its own authority and the key that signs its requests.
 *
 * A new signing certificate is in the trust sets a day before it signs, so that by
 * then every connector that is in touch knows it.
 *
 * @module
 */
import type { Clock } from '@sallygate/base/clock'
import type { Repositories, Store } from '@sallygate/store'
import {
  issueBootstrap,
  issueConsoleSigning,
  issueGroupAuthority,
  issueInstance,
  makePrivateKey,
  parseCertificate,
  type Certificate,
  type GroupId,
  type Holder,
  type InstanceId,
} from '@sallygate/trust'
import type { KeyObject } from 'node:crypto'
import type { Installation } from './installation.ts'
import { isDueForRenewal } from './renewal.ts'
import { addHolder, openHolder, type StoredHolder } from './stored.ts'

export interface GroupAuthority {
  readonly authority: Certificate
  /** All whose signatures count, oldest first. */
  readonly signers: readonly StoredHolder[]
}

/** As old as a trust set may be at use. */
const settledAfterMs = 24 * 3_600_000

export class GroupAuthorities {
  readonly #store: Store
  readonly #clock: Clock
  readonly #installation: Installation
  readonly #opened = new Map<string, Promise<GroupAuthority>>()

  constructor(store: Store, clock: Clock, installation: Installation) {
    this.#store = store
    this.#clock = clock
    this.#installation = installation
  }

  /** What a new group needs, made beside it in one transaction. */
  async prepare(group: string): Promise<(inside: Repositories) => Promise<void>> {
    const to = { console: this.#installation.console, group: group as GroupId, at: this.#clock.now() }
    const authorityKey = makePrivateKey()
    const issuer = await this.#installation.openRoot()
    const authority = {
      certificate: await issueGroupAuthority({ ...to, issuer, publicKey: authorityKey }),
      privateKey: authorityKey,
    }
    const signing = await this.#issueSigning(group, authority)
    return async (inside) => {
      await addHolder(inside, 'groupAuthority', authority, group)
      await addHolder(inside, 'consoleSigning', signing, group)
    }
  }

  of(group: string): Promise<GroupAuthority> {
    const known = this.#opened.get(group)
    if (known !== undefined) return known
    const opened = this.#open(group)
    this.#opened.set(group, opened)
    opened.catch(() => this.#opened.delete(group))
    return opened
  }

  /** Whose signature goes under the next request. */
  async signer(group: string): Promise<StoredHolder> {
    const { signers } = await this.of(group)
    const nowMs = this.#clock.now().getTime()
    const valid = signers.filter(({ certificate }) => certificate.notAfter.getTime() > nowMs)
    const settled = valid.filter(({ createdAt }) => nowMs - createdAt.getTime() >= settledAfterMs)
    const chosen = settled.at(-1) ?? valid.at(0) ?? signers.at(-1)
    if (chosen === undefined) throw new Error('a group has a signing certificate from its first moment')
    return chosen
  }

  /** The authority with its private key, for issuing; let go of it afterwards. */
  async openAuthority(group: string): Promise<Holder> {
    const row = await this.#store.certificates.current('groupAuthority', group)
    if (row === undefined) throw new Error('a group has an authority from its first moment')
    return openHolder(this.#store, row)
  }

  async issueInstance(group: string, instance: string, publicKey: KeyObject): Promise<Certificate> {
    const issuer = await this.openAuthority(group)
    return issueInstance({ ...this.#to(group), issuer, instance: instance as InstanceId, publicKey })
  }

  async issueBootstrap(group: string, days: number): Promise<Holder> {
    const issuer = await this.openAuthority(group)
    const privateKey = makePrivateKey()
    return {
      certificate: await issueBootstrap({ ...this.#to(group), issuer, publicKey: privateKey, days }),
      privateKey,
    }
  }

  /** A new signing certificate where the newest is two thirds through its life. @returns whether there is one. */
  async renewSigning(group: string): Promise<boolean> {
    const newest = (await this.of(group)).signers.at(-1)
    const now = this.#clock.now()
    if (newest !== undefined && !isDueForRenewal(newest.certificate, now)) return false
    const signing = await this.#issueSigning(group, await this.openAuthority(group))
    await this.#store.transaction(async (inside) => {
      for (const old of await inside.certificates.list({ kind: 'consoleSigning', group, status: 'active' })) {
        if (old.notAfter <= now) await inside.certificates.setStatus(old.id, 'retired')
      }
      await addHolder(inside, 'consoleSigning', signing, group)
    })
    this.#opened.delete(group)
    return true
  }

  #to(group: string) {
    return { console: this.#installation.console, group: group as GroupId, at: this.#clock.now() }
  }

  async #issueSigning(group: string, issuer: Holder): Promise<Holder> {
    const privateKey = makePrivateKey()
    return { certificate: await issueConsoleSigning({ ...this.#to(group), issuer, publicKey: privateKey }), privateKey }
  }

  async #open(group: string): Promise<GroupAuthority> {
    const row = await this.#store.certificates.current('groupAuthority', group)
    if (row === undefined) throw new Error('a group has an authority from its first moment')
    const rows = await this.#store.certificates.list({ kind: 'consoleSigning', group, status: 'active' })
    const signers = await Promise.all(rows.toReversed().map((signing) => openHolder(this.#store, signing)))
    return { authority: parseCertificate(row.der), signers }
  }
}
