/**
 * Opening an enrollment request: finding the key its proof has to be checked with.
 *
 * @module
 */
import type { KeyObject } from 'node:crypto'
import type { Clock } from '@sallygate/base/clock'
import { openEnrollment, SeenRequests, type Invitations, type OpenedEnrollment } from '@sallygate/envelope'
import type { Store } from '@sallygate/store'
import {
  codeMacKey,
  maxDescriptorLifeMs,
  parseCertificate,
  trustFailure,
  verifyChain,
  type GroupId,
} from '@sallygate/trust'
import type { Installation } from '../certificates/installation.ts'
import type { DescriptorDesk } from '../relay/descriptor-desk.ts'

export interface EnrollmentOpenerParts {
  readonly store: Store
  readonly clock: Clock
  readonly installation: Installation
  readonly descriptors: DescriptorDesk
}

export class EnrollmentOpener {
  readonly #parts: EnrollmentOpenerParts
  readonly #seen = new SeenRequests()

  constructor(parts: EnrollmentOpenerParts) {
    this.#parts = parts
  }

  /**
   * Opening asks for keys at once, and they lie in the database: the first pass learns which are asked for.
   *
   * @throws ENVELOPE_CANNOT_OPEN.
   */
  async open(cargo: Buffer): Promise<OpenedEnrollment> {
    const { descriptors } = this.#parts
    const asked: { code?: string; certificate?: Uint8Array } = {}
    const common = { isOwnDescriptor: descriptors.isOwn, isNew: this.#isNew }
    const noting: Invitations = {
      ...common,
      macKeyOf: (id) => void (asked.code = id),
      bootstrapKeyOf: (certificate) => void (asked.certificate = certificate),
    }
    try {
      return openEnrollment(cargo, descriptors.ring.find, noting)
    } catch (error) {
      if (asked.code === undefined && asked.certificate === undefined) throw error
    }
    const macKey = asked.code === undefined ? undefined : await this.#macKey(asked.code)
    const bootstrapKey = asked.certificate === undefined ? undefined : await this.#bootstrapKey(asked.certificate)
    const knowing: Invitations = { ...common, macKeyOf: () => macKey, bootstrapKeyOf: () => bootstrapKey }
    return openEnrollment(cargo, descriptors.ring.find, knowing)
  }

  async #macKey(id: string): Promise<Buffer | undefined> {
    const secret = await this.#parts.store.enrollmentCodes.openSecret(id)
    return secret === undefined ? undefined : codeMacKey({ secret: secret.reveal() })
  }

  /** Kept for as long as a descriptor lives: after that the request could not be opened any more. */
  readonly #isNew = (requestId: string): boolean => {
    const nowMs = this.#parts.clock.now().getTime()
    return this.#seen.remember(requestId, nowMs + maxDescriptorLifeMs, nowMs) === 'new'
  }

  /** Uses and days are counted in the store; here it is about who signed. */
  async #bootstrapKey(der: Uint8Array): Promise<KeyObject | undefined> {
    const { installation, store } = this.#parts
    try {
      const leaf = parseCertificate(der)
      const installer = await store.installers.find(leaf.keyId)
      if (installer === undefined) return undefined
      // Also those that have ended: the store says whether the installer counts, and a refusal should have a name.
      const made = await store.certificates.list({ kind: 'groupAuthority', group: installer.group })
      const parties = { console: installation.console, group: installer.group as GroupId }
      // As of when it began: one that has ended still gets an answer with a name.
      const at = leaf.notBefore
      const request = {
        leaf,
        intermediates: made.map(({ der: authority }) => parseCertificate(authority)),
        anchors: [installation.root],
        profile: 'bootstrap',
        at,
      } as const
      return verifyChain({ ...request, ...parties }).publicKey
    } catch (error) {
      if (trustFailure.is(error)) return undefined
      throw error
    }
  }
}
