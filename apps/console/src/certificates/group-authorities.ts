/**
 * Group authorities: for each organization group its own authority and the key that signs its requests.
 *
 * A new signing certificate is in the trust sets before it signs: a day, or until every
 * connector has acknowledged it where keys are being replaced. Which connector knows
 * which key is told by the number of the trust set it holds.
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
  type Certificate,
  type GroupId,
  type Holder,
  type InstanceId,
} from '@sallygate/trust'
import type { KeyObject } from 'node:crypto'
import { openGroupAuthority, type GroupAuthority } from './group-authority.ts'
import type { Installation } from './installation.ts'
import { isDueForRenewal } from './renewal.ts'
import { addHolder, openHolder, type StoredHolder } from './stored.ts'

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
    const authority = await this.makeAuthority(group)
    const signing = await this.makeSigning(group, authority)
    return async (inside) => {
      await addHolder(inside, 'groupAuthority', authority, group)
      await addHolder(inside, 'consoleSigning', signing, group)
    }
  }

  of(group: string): Promise<GroupAuthority> {
    const known = this.#opened.get(group)
    if (known !== undefined) return known
    const opened = openGroupAuthority(this.#store, group)
    this.#opened.set(group, opened)
    opened.catch(() => this.#opened.delete(group))
    return opened
  }

  /** What the store says has changed. */
  forget(group: string): void {
    this.#opened.delete(group)
  }

  /** Whose signature goes under the next request. */
  async signer(group: string): Promise<StoredHolder> {
    const { signers } = await this.of(group)
    const nowMs = this.#clock.now().getTime()
    const active = signers.filter(({ status }) => status === 'active')
    const valid = active.filter(({ certificate }) => certificate.notAfter.getTime() > nowMs)
    const settled = valid.filter(({ createdAt }) => nowMs - createdAt.getTime() >= settledAfterMs)
    const chosen = settled.at(-1) ?? valid.at(0) ?? active.at(-1)
    if (chosen === undefined) throw new Error('a group has a signing certificate from its first moment')
    return chosen
  }

  /**
   * Whose signature somebody believes who holds this trust set: the signer of today, or one that is still trusted
   * while he learns of it. `undefined` where he knows none of them.
   */
  async signerKnownIn(group: string, trustSetNumber: number): Promise<StoredHolder | undefined> {
    const today = await this.signer(group)
    const { signers } = await this.of(group)
    const nowMs = this.#clock.now().getTime()
    const known = signers.filter(({ knownFrom }) => knownFrom <= trustSetNumber)
    if (known.some(({ id }) => id === today.id)) return today
    return known
      .filter(({ status, certificate }) => status !== 'announced' && certificate.notAfter.getTime() > nowMs)
      .at(-1)
  }

  /** The lowest trust set number with which one of today's signatures is believed. */
  async floor(group: string): Promise<number> {
    const { signers } = await this.of(group)
    const usable = signers.filter(({ status }) => status !== 'announced')
    return Math.min(...usable.map(({ knownFrom }) => knownFrom))
  }

  /** The authority with its private key, for issuing; let go of it afterwards. */
  async openAuthority(group: string): Promise<Holder> {
    const row = await this.#store.certificates.current('groupAuthority', group)
    if (row === undefined) throw new Error('a group has an authority from its first moment')
    return openHolder(this.#store, row)
  }

  /** @returns also who issued it: the authority may have changed by the time one asks for it. */
  async issueInstance(
    group: string,
    instance: string,
    publicKey: KeyObject,
  ): Promise<{ readonly certificate: Certificate; readonly authority: Certificate }> {
    const issuer = await this.openAuthority(group)
    const to = { ...this.#to(group), issuer, instance: instance as InstanceId, publicKey }
    return { certificate: await issueInstance(to), authority: issuer.certificate }
  }

  /** @returns also the authority it is under. */
  async issueBootstrap(group: string, days: number): Promise<{ readonly bootstrap: Holder; authority: Certificate }> {
    const issuer = await this.openAuthority(group)
    const privateKey = makePrivateKey()
    const certificate = await issueBootstrap({ ...this.#to(group), issuer, publicKey: privateKey, days })
    return { bootstrap: { certificate, privateKey }, authority: issuer.certificate }
  }

  /** A new authority of the group, not yet kept anywhere. */
  async makeAuthority(group: string): Promise<Holder> {
    const privateKey = makePrivateKey()
    const issuer = await this.#installation.openRoot()
    return {
      certificate: await issueGroupAuthority({ ...this.#to(group), issuer, publicKey: privateKey }),
      privateKey,
    }
  }

  /** A new signing certificate of the group, not yet kept anywhere. */
  async makeSigning(group: string, issuer: Holder): Promise<Holder> {
    const privateKey = makePrivateKey()
    return { certificate: await issueConsoleSigning({ ...this.#to(group), issuer, publicKey: privateKey }), privateKey }
  }

  /** A new signing certificate where the newest is two thirds through its life. @returns whether there is one. */
  async renewSigning(group: string): Promise<boolean> {
    const newest = (await this.of(group)).signers.at(-1)
    const now = this.#clock.now()
    if (newest !== undefined && !isDueForRenewal(newest.certificate, now)) return false
    const signing = await this.makeSigning(group, await this.openAuthority(group))
    await this.#store.transaction(async (inside) => {
      for (const old of await inside.certificates.list({ kind: 'consoleSigning', group, status: 'active' })) {
        if (old.notAfter <= now) await inside.certificates.setStatus(old.id, 'retired')
      }
      await addHolder(inside, 'consoleSigning', signing, group)
    })
    this.forget(group)
    return true
  }

  #to(group: string) {
    return { console: this.#installation.console, group: group as GroupId, at: this.#clock.now() }
  }
}
