/**
 * The enrollment desk: a stranger with a proof of invitation becomes an instance.
 *
 * Without a right proof there is no answer at all. With one, every refusal has a name,
 * because whoever gets it was invited once.
 *
 * @module
 */
import type { Clock } from '@sallygate/base/clock'
import { Failure } from '@sallygate/base/failure'
import type { Log } from '@sallygate/base/log'
import { sealEnrollmentReply, type Enrolled, type EnrollmentAnswer, type OpenedEnrollment } from '@sallygate/envelope'
import type { Store } from '@sallygate/store'
import { exportPublicPoint, makeId, readCertificateRequest, type GroupId, type InstanceId } from '@sallygate/trust'
import type { GroupAuthorities } from '../certificates/group-authorities.ts'
import type { Installation } from '../certificates/installation.ts'
import { addCertificate } from '../certificates/stored.ts'
import type { TrustSetIssuer } from '../certificates/trust-sets.ts'
import type { DirectInstances } from '../connectors/direct-instances.ts'
import type { InstanceBook } from '../connectors/instance-book.ts'
import type { DescriptorDesk } from '../relay/descriptor-desk.ts'
import { EnrollmentOpener } from './enrollment-opener.ts'
import { groupOfInvitation, useInvitation } from './invitation.ts'

export interface EnrollmentDeskParts {
  readonly store: Store
  readonly clock: Clock
  readonly log: Log
  readonly installation: Installation
  readonly authorities: GroupAuthorities
  readonly trustSets: TrustSetIssuer
  readonly book: InstanceBook
  readonly descriptors: DescriptorDesk
  readonly direct?: DirectInstances
  /** Resolves when the relay admits the new key, or cannot be asked now. */
  readonly admit: () => Promise<void>
}

/** Shown for a day, and no more of them than a page holds: whoever has one used code can show it as often as he likes. */
const shownForMs = 24 * 3_600_000
const mostShown = 20

export interface CodeUsedAgain {
  /** What the second one called itself. */
  readonly name: string
  readonly at: Date
  /** Where it would have been. */
  readonly group: string | undefined
}

export class EnrollmentDesk {
  readonly #parts: EnrollmentDeskParts
  readonly #opener: EnrollmentOpener
  #usedAgain: readonly CodeUsedAgain[] = []

  constructor(parts: EnrollmentDeskParts) {
    this.#parts = parts
    this.#opener = new EnrollmentOpener(parts)
  }

  /** Codes that were shown once more after they had been used, of the last day. */
  get codesUsedAgain(): readonly CodeUsedAgain[] {
    const since = this.#parts.clock.now().getTime() - shownForMs
    return this.#usedAgain.filter(({ at }) => at.getTime() > since)
  }

  /** @throws ENVELOPE_CANNOT_OPEN where nobody is to be answered. */
  async receive(cargo: Buffer): Promise<Buffer> {
    const opened = await this.#opener.open(cargo)
    const answer = await this.#answer(opened)
    const { installation, clock } = this.#parts
    return sealEnrollmentReply(opened, answer, installation.identity.privateKey, clock.now())
  }

  async #answer(opened: OpenedEnrollment): Promise<EnrollmentAnswer> {
    const { log } = this.#parts
    const { method, name } = opened.enrollment
    try {
      const enrolled = await this.#enroll(opened)
      log.info('connector enrolled', { instance: enrolled.instance, group: enrolled.group, method })
      return { kind: 'enrolled', enrolled }
    } catch (error) {
      if (!(error instanceof Failure)) throw error
      log.warn('enrollment refused', { method, name, code: error.code })
      if (error.code === 'CONSOLE_CODE_USED') {
        const group = await groupOfInvitation(this.#parts.store, opened.enrollment).catch(() => undefined)
        this.#usedAgain = [...this.codesUsedAgain, { name, group, at: this.#parts.clock.now() }].slice(-mostShown)
      }
      return { kind: 'refused', failure: error.code }
    }
  }

  async #enroll({ enrollment }: OpenedEnrollment): Promise<Enrolled> {
    const { store, authorities, trustSets, installation, book, clock, admit } = this.#parts
    const { publicKey, keyId } = readCertificateRequest(enrollment.certificateRequest)
    const instance = makeId<InstanceId>()
    const group = await store.groups.get(await groupOfInvitation(store, enrollment))
    const { certificate, authority } = await authorities.issueInstance(group.id, instance, publicKey)
    // Used and enrolled in one step: of two with one code one is refused, and a full disk costs nobody a code.
    const row = await store.transaction(async (inside) => {
      const given = await useInvitation(inside, enrollment, instance)
      await this.#parts.direct?.enrolled(inside, enrollment.codeId, instance)
      const name = (given || enrollment.name).slice(0, 128) || `connector ${instance.slice(0, 6)}`
      const { id } = await addCertificate(inside, 'instance', certificate, group.id)
      const point = exportPublicPoint(publicKey)
      return inside.instances.add({ id: instance, group: group.id, name, publicKey: point, keyId, certificate: id })
    })
    book.put(row, [certificate])
    await admit()
    return {
      console: installation.console,
      group: group.id as GroupId,
      groupName: group.name,
      instance,
      relay: installation.relay,
      certificate: certificate.der,
      groupAuthority: authority.der,
      root: installation.root.der,
      trustSet: (await trustSets.current(group.id)).bytes,
      time: clock.now(),
    }
  }
}
