/**
 * The session desk: what connectors ask of the console, and what they are told.
 *
 * Each request has passed the gate, so its signer is an instance that is enrolled and
 * not revoked. Whatever else it says about itself is its own claim.
 *
 * @module
 */
import type { Clock } from '@sallygate/base/clock'
import { Failure } from '@sallygate/base/failure'
import type { Log } from '@sallygate/base/log'
import {
  authorityClock,
  decodeHello,
  decodeRenewal,
  decodeReport,
  encodeHelloAnswer,
  encodeRenewalAnswer,
  encodeReportAnswer,
  NO_BOOT_NONCE,
  ReceiverContexts,
  ReplyWriter,
  RequestGate,
  SESSION_HELLO,
  SESSION_RENEW,
  SESSION_REPORT,
  sessionOperations,
  type OpenedRequest,
  type Report,
} from '@sallygate/envelope'
import { encodeFailed } from '@sallygate/service-kit'
import type { GroupId, Holder, KeyId } from '@sallygate/trust'
import type { GroupAuthorities } from '../certificates/group-authorities.ts'
import type { Installation } from '../certificates/installation.ts'
import type { TrustSetIssuer } from '../certificates/trust-sets.ts'
import { consoleFailure } from '../failures.ts'
import type { DescriptorDesk } from '../relay/descriptor-desk.ts'
import type { Reply } from '../relay/mail-sorter.ts'
import type { BookEntry, InstanceBook } from './instance-book.ts'
import type { Sessions } from './sessions.ts'

export interface SessionDeskParts {
  readonly clock: Clock
  readonly log: Log
  readonly installation: Installation
  readonly authorities: GroupAuthorities
  readonly trustSets: TrustSetIssuer
  readonly book: InstanceBook
  readonly sessions: Sessions
  readonly descriptors: DescriptorDesk
  readonly settingsGeneration: (group: string) => Promise<number>
  /** Where the audit log stands, signed. It is left with whoever reports. */
  readonly auditHead: () => Buffer | undefined
  /** After a hello, and after a report that shows settings of another generation. */
  readonly onHeard: (instance: string, report: Report | undefined) => void
  /** The instance signed with its newest key. */
  readonly usedNewest: (instance: BookEntry) => Promise<void>
  readonly renew: (
    instance: BookEntry,
    certificateRequest: Uint8Array,
  ) => Promise<{ certificate: Buffer; groupAuthority: Buffer }>
}

/** A connector that has not learned our time yet may have its clock as wrong as this and still say hello. */
const clockToleranceMs = 15 * 60_000

export class SessionDesk {
  readonly #parts: SessionDeskParts
  readonly #gate: RequestGate

  constructor(parts: SessionDeskParts) {
    const { book, clock, descriptors, installation } = parts
    this.#parts = parts
    this.#gate = new RequestGate({
      direction: 'connectorToConsole',
      endpoint: installation.console,
      bootNonce: NO_BOOT_NONCE,
      groupOf: (keyId: KeyId) => book.signer(keyId)?.entry.group as GroupId | undefined,
      findKey: descriptors.ring.find,
      senders: (keyId) => book.signer(keyId)?.key.publicKey,
      clock: authorityClock(clock),
      operations: sessionOperations,
      trustSet: 'issuer',
      earlyMs: clockToleranceMs,
      lateMs: clockToleranceMs,
      contexts: new ReceiverContexts({ clock }),
    })
  }

  /** How often each refusal happened. */
  get refusals(): RequestGate['refusals'] {
    return this.#gate.refusals
  }

  async receive(cargo: Buffer, reply: Reply): Promise<void> {
    const receipt = this.#gate.receive(cargo)
    if (receipt.kind === 'unopened') return
    const { opened } = receipt
    const { request } = opened
    const signer = this.#parts.book.signer(request.senderKeyId)
    if (signer === undefined) return
    const { entry } = signer
    const writer = await this.#writer(opened, entry.group)
    const refuse = (failure: Failure) =>
      writer.finish('notStarted', encodeFailed({ failure: failure.toJSON(), spans: [] })).forEach(reply)
    if (receipt.kind === 'refused') {
      this.#parts.log.warn('session request refused', { instance: entry.id, code: receipt.failure.code })
      if (receipt.mayAnswer) refuse(receipt.failure)
      return
    }
    try {
      writer.finish('done', await this.#serve(opened, entry)).forEach(reply)
    } catch (error) {
      if (!(error instanceof Failure)) throw error
      this.#parts.log.warn('session request failed', { instance: entry.id, operation: request.operation, error })
      refuse(error)
    }
  }

  async #writer(opened: OpenedRequest, group: string): Promise<ReplyWriter> {
    const { authorities, trustSets, installation, clock } = this.#parts
    const { trustSetNumber } = opened.request
    // What brings the next trust set is signed by the identity in the descriptor that was just fetched: who was away while
    // keys were replaced, has had one taken from under it, or knows keys from after a backup that was restored here,
    // believes none of ours.
    const { number } = await trustSets.newerThan(group, trustSetNumber)
    const signer =
      number > trustSetNumber ? installation.identity : await authorities.signerKnownIn(group, trustSetNumber)
    return new ReplyWriter(opened, {
      endpoint: installation.console,
      signer: signerOf(signer ?? installation.identity),
      clock,
    })
  }

  #serve({ request }: OpenedRequest, entry: BookEntry): Promise<Buffer> {
    switch (request.operation) {
      case SESSION_HELLO:
        return this.#hello(request.parameters, entry, request.senderKeyId)
      case SESSION_REPORT:
        return this.#report(request.parameters, entry)
      case SESSION_RENEW:
        return this.#renew(request.parameters, entry)
      default:
        throw consoleFailure('OPERATION_UNKNOWN')
    }
  }

  async #hello(parameters: Uint8Array, entry: BookEntry, keyId: KeyId): Promise<Buffer> {
    const { sessions, clock, log, onHeard, usedNewest } = this.#parts
    const { hello, publicKey } = decodeHello(parameters)
    if (hello.instance !== entry.id)
      throw consoleFailure('ENROLLMENT_REFUSED', { details: { because: 'another instance' } })
    const now = clock.now()
    const isClone = sessions.hello({
      instance: entry.id,
      group: entry.group,
      bootNonce: hello.bootNonce,
      encryptionKey: publicKey,
      software: hello.software,
      operations: new Set(hello.abilities),
      policyDigest: hello.policyDigest,
      trustSetNumber: hello.trustSetNumber,
      tableVersion: hello.tableVersion,
      services: [],
      inFlight: 0,
      since: now,
      lastHeard: now,
    })
    log.info('connector said hello', { instance: entry.id, software: hello.software })
    if (isClone) log.error('two processes with one identity', { instance: entry.id, name: entry.name })
    const answer = await this.#answer(entry, hello.bootNonce, hello.trustSetNumber)
    if (keyId === entry.keys[0]?.keyId) await usedNewest(entry)
    onHeard(entry.id, undefined)
    return encodeHelloAnswer(answer)
  }

  async #report(parameters: Uint8Array, entry: BookEntry): Promise<Buffer> {
    const { sessions, log, onHeard } = this.#parts
    const report = decodeReport(parameters)
    const { bootNonce, trustSetNumber, policyDigest, inFlight, services } = report
    const session = sessions.report(entry.id, bootNonce, { trustSetNumber, policyDigest, inFlight, services })
    for (const { at, kind, detail } of report.events)
      log.info('connector event', { instance: entry.id, at, kind, detail })
    const answer = await this.#answer(entry, bootNonce, trustSetNumber)
    if (session !== undefined) onHeard(entry.id, report)
    return encodeReportAnswer({ ...answer, sayHello: session === undefined, auditHead: this.#parts.auditHead() })
  }

  async #renew(parameters: Uint8Array, entry: BookEntry): Promise<Buffer> {
    const { bootNonce, certificateRequest } = decodeRenewal(parameters)
    const renewed = await this.#parts.renew(entry, certificateRequest)
    return encodeRenewalAnswer({ bootNonce, ...renewed })
  }

  async #answer(entry: BookEntry, bootNonce: string, held: number) {
    const { trustSets, clock, settingsGeneration } = this.#parts
    const newest = await trustSets.newerThan(entry.group, held)
    return {
      bootNonce,
      consoleTime: clock.now(),
      settingsGeneration: await settingsGeneration(entry.group),
      trustSet: newest.number > held ? newest.bytes : undefined,
    }
  }
}

function signerOf({ certificate, privateKey }: Holder) {
  return { keyId: certificate.keyId, privateKey }
}
