/**
 * The enrollment desk: a stranger with a proof of invitation becomes an instance.
 *
 * Without a right proof there is no answer at all. With one, every refusal has a name,
 * because whoever gets it was invited once.
 *
 * @module
 */
import type { KeyObject } from 'node:crypto'
import type { Clock } from '@sallygate/base/clock'
import { Failure } from '@sallygate/base/failure'
import type { Log } from '@sallygate/base/log'
import {
  openEnrollment,
  sealEnrollmentReply,
  SeenRequests,
  type Enrolled,
  type EnrollmentAnswer,
  type Invitations,
  type OpenedEnrollment,
} from '@sallygate/envelope'
import type { Repositories, Store } from '@sallygate/store'
import {
  codeMacKey,
  exportPublicPoint,
  makeId,
  maxDescriptorLifeMs,
  parseCertificate,
  readCertificateRequest,
  trustFailure,
  verifyChain,
  type GroupId,
  type InstanceId,
} from '@sallygate/trust'
import type { GroupAuthorities } from '../certificates/group-authorities.ts'
import type { Installation } from '../certificates/installation.ts'
import { addCertificate } from '../certificates/stored.ts'
import type { TrustSetIssuer } from '../certificates/trust-sets.ts'
import type { InstanceBook } from '../connectors/instance-book.ts'
import { consoleFailure } from '../failures.ts'
import type { DescriptorDesk } from '../relay/descriptor-desk.ts'

export interface EnrollmentDeskParts {
  readonly store: Store
  readonly clock: Clock
  readonly log: Log
  readonly installation: Installation
  readonly authorities: GroupAuthorities
  readonly trustSets: TrustSetIssuer
  readonly book: InstanceBook
  readonly descriptors: DescriptorDesk
  /** Resolves when the relay admits the new key, or cannot be asked now. */
  readonly admit: () => Promise<void>
}

export class EnrollmentDesk {
  readonly #parts: EnrollmentDeskParts

  constructor(parts: EnrollmentDeskParts) {
    this.#parts = parts
  }

  /** @throws ENVELOPE_CANNOT_OPEN where nobody is to be answered. */
  async receive(cargo: Buffer): Promise<Buffer> {
    const opened = await this.#open(cargo)
    const answer = await this.#answer(opened)
    const { installation, clock } = this.#parts
    return sealEnrollmentReply(opened, answer, installation.identity.privateKey, clock.now())
  }

  /** Opening asks for keys at once, and they lie in the database: the first pass learns which are asked for. */
  async #open(cargo: Buffer): Promise<OpenedEnrollment> {
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
  readonly #seen = new SeenRequests()

  /** Uses and days are counted in the store; here it is about who signed. */
  async #bootstrapKey(der: Uint8Array): Promise<KeyObject | undefined> {
    const { installation, store, authorities } = this.#parts
    try {
      const leaf = parseCertificate(der)
      const installer = await store.installers.find(leaf.keyId)
      if (installer === undefined) return undefined
      const { authority } = await authorities.of(installer.group)
      const parties = { console: installation.console, group: installer.group as GroupId }
      // As of when it began: one that has ended still gets an answer with a name.
      const at = leaf.notBefore
      const request = {
        leaf,
        intermediates: [authority],
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
      return { kind: 'refused', failure: error.code }
    }
  }

  async #enroll({ enrollment }: OpenedEnrollment): Promise<Enrolled> {
    const { store, authorities, trustSets, installation, book, clock, admit } = this.#parts
    const { publicKey, keyId } = readCertificateRequest(enrollment.certificateRequest)
    const instance = makeId<InstanceId>()
    const group = await store.groups.get(await this.#groupOf(enrollment))
    const certificate = await authorities.issueInstance(group.id, instance, publicKey)
    // Used and enrolled in one step: of two with one code one is refused, and a full disk costs nobody a code.
    const row = await store.transaction(async (inside) => {
      const given = await use(inside, enrollment, instance)
      const name = (given || enrollment.name).slice(0, 128) || `connector ${instance.slice(0, 6)}`
      const { id } = await addCertificate(inside, 'instance', certificate, group.id)
      const point = exportPublicPoint(publicKey)
      return inside.instances.add({ id: instance, group: group.id, name, publicKey: point, keyId, certificate: id })
    })
    book.put(row, [certificate])
    await admit()
    const { authority } = await authorities.of(group.id)
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

  /** The proof has been checked against this very row, so it is there. */
  async #groupOf({ codeId: code, bootstrapCertificate }: Enrollment): Promise<string> {
    const { store } = this.#parts
    const row =
      bootstrapCertificate === undefined
        ? await store.enrollmentCodes.find(code ?? '')
        : await store.installers.find(parseCertificate(bootstrapCertificate).keyId)
    if (row === undefined) throw consoleFailure('CODE_UNKNOWN')
    return row.group
  }
}

type Enrollment = OpenedEnrollment['enrollment']

/** @returns the name the invitation gives; empty leaves it to the connector. @throws CONSOLE_CODE_*, CONSOLE_INSTALLER_SPENT. */
async function use(inside: Repositories, enrollment: Enrollment, instance: string): Promise<string> {
  if (enrollment.bootstrapCertificate === undefined) {
    const used = await inside.enrollmentCodes.use(enrollment.codeId ?? '', instance)
    if (used.kind === 'used') return used.name
    const keys = { unknown: 'CODE_UNKNOWN', expired: 'CODE_EXPIRED', usedBefore: 'CODE_USED' } as const
    throw consoleFailure(keys[used.reason])
  }
  const used = await inside.installers.use(parseCertificate(enrollment.bootstrapCertificate).keyId)
  if (used.kind === 'used') return ''
  throw consoleFailure('INSTALLER_SPENT', { details: { because: used.reason } })
}
