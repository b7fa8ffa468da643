/**
 * Exchanges: requests on their way, and the replies that belong to them.
 *
 * Sealing, sending, and putting a reply together; what it says is believed only after
 * the envelope has verified that it answers exactly this request and is signed by the
 * instance that was asked.
 *
 * @module
 */
import { concat, sha256 } from '@sallygate/base/bytes'
import type { Clock } from '@sallygate/base/clock'
import type { Log } from '@sallygate/base/log'
import { LogLimit } from '@sallygate/base/log-limit'
import type { Sending } from '@sallygate/dial'
import {
  envelopeFailure,
  ReplyAssembler,
  requestIdOfReply,
  sealRequestInBatch,
  SenderContexts,
  type SealedRequest,
} from '@sallygate/envelope'
import { connectorAddress } from '@sallygate/hop'
import type { InstanceId, KeyId } from '@sallygate/trust'
import type { GroupAuthorities } from '../certificates/group-authorities.ts'
import type { Duty } from '../connectors/duties.ts'
import type { BookEntry, InstanceBook } from '../connectors/instance-book.ts'
import type { Session, Sessions } from '../connectors/sessions.ts'
import type { RelayLink } from '../relay/relay-link.ts'
import type { RequestJournal } from '../requests/request-journal.ts'
import { attemptOf, refusedBy } from './attempt.ts'
import { Batches } from './batches.ts'
import type { Attempt, Carrier, Errand, Reachable } from './carrier.ts'
import { draftOf, recipientOf, shownTtlMs } from './request-draft.ts'

export interface ExchangesParts {
  readonly clock: Clock
  readonly log: Log
  readonly authorities: GroupAuthorities
  readonly book: InstanceBook
  readonly sessions: Sessions
  readonly link: RelayLink
  readonly journal: RequestJournal
  readonly isDirect?: (instance: string) => boolean
  /** What an administrator wants of it. */
  readonly dutyOf?: (instance: string) => Duty
}

interface Waiting {
  readonly assembler: ReplyAssembler
  readonly digests: Buffer[]
  readonly instance: string
  /** Whose signature is under it. */
  readonly signer: string
  readonly onSign: () => void
  readonly settle: (attempt: Attempt) => void
}

export class Exchanges implements Carrier {
  readonly #parts: ExchangesParts
  readonly #waiting = new Map<string, Waiting>()
  readonly #logLimit: LogLimit
  readonly #batches = new Batches()
  readonly #contexts: SenderContexts

  constructor(parts: ExchangesParts) {
    this.#parts = parts
    this.#contexts = new SenderContexts(parts.clock)
    this.#logLimit = new LogLimit(parts.clock)
  }

  get isRelayAttached(): boolean {
    return this.#parts.link.isAttached
  }

  reachable(group: string): readonly Reachable[] {
    const { sessions, book } = this.#parts
    if (!this.isRelayAttached) return []
    return sessions.live(group).flatMap(({ instance, operations, services: reported }) => {
      const entry = book.find(instance)
      if (entry === undefined || !book.isGood(entry)) return []
      const isDirect = this.#parts.isDirect?.(instance) === true
      const { state = 'active', weight } = this.#parts.dutyOf?.(instance) ?? {}
      const duty = { isPaused: state !== 'active', ...(weight === undefined ? {} : { weight }) }
      const isDraining = sessions.isDraining(instance)
      const isCloned = sessions.clones.isAlarmed(instance)
      const services = new Map(reported.map((one) => [one.service, one.state]))
      return [{ instance, name: entry.name, operations, services, isDraining, isCloned, isDirect, ...duty }]
    })
  }

  isSomebodyExpected(group: string): boolean {
    return this.#parts.sessions.isSomebodyExpected(group)
  }

  onChange(group: string, action: () => void): () => void {
    return this.#parts.sessions.onChange(group, action)
  }

  async carry(
    to: Reachable,
    errand: Errand,
    withinMs: number,
    signal: AbortSignal,
    onSign: () => void = () => undefined,
  ): Promise<Attempt> {
    const { book, clock, sessions, authorities, journal } = this.#parts
    const entry = book.find(to.instance)
    const session = sessions.of(to.instance)
    if (entry === undefined || session === undefined || !book.isGood(entry)) return { kind: 'notSent', because: 'gone' }
    // While keys are replaced: one that this connector knows.
    const signer = await authorities.signerKnownIn(errand.group, session.trustSetNumber)
    if (signer === undefined) return { kind: 'notSent', because: 'gone' }
    const key = { keyId: signer.certificate.keyId, privateKey: signer.privateKey }
    const draft = draftOf(errand, session, clock.now(), withinMs)
    const sealed = await sealRequestInBatch(draft, recipientOf(session), this.#batches.of(key), this.#contexts)
    const isChange = errand.class === 'S' || errand.class === 'N' || errand.class === 'O'
    // What may not be forgotten is on the disk before it is sent; a look-up never waits for a disk.
    if (isChange) await journal.handed(errand, entry.id, sealed)
    return this.#exchange({ entry, session, errand, sealed, signer: key.keyId, withinMs, signal, onSign })
  }

  /** One reply chunk. The claim in its header only finds the waiting caller. */
  receive(cargo: Buffer): void {
    const waiting = this.#waiting.get(requestIdOfReply(cargo) ?? '')
    if (waiting === undefined) return
    try {
      const progress = waiting.assembler.take(cargo)
      if (progress.kind !== 'duplicate') waiting.digests.push(sha256(cargo))
      if (progress.kind === 'complete') waiting.settle(attemptOf(progress))
      else waiting.onSign()
    } catch (error) {
      if (!envelopeFailure.is(error)) throw error
      // A relay can make as many of these as it likes; the disk is not for it to fill.
      const leftOut = this.#logLimit.admit(error.code)
      if (leftOut === undefined) return
      this.#parts.log.warn('reply not taken', { instance: waiting.instance, code: error.code, leftOut })
    }
  }

  /** Whether a request that one of these keys signed is still on its way. */
  isSigned(by: ReadonlySet<string>): boolean {
    return [...this.#waiting.values()].some(({ signer }) => by.has(signer))
  }

  /** A revoked instance answers nothing any more, not even what it was asked before. */
  drop(instance: string): void {
    for (const waiting of Array.from(this.#waiting.values())) {
      if (waiting.instance === instance) waiting.settle({ kind: 'silent', because: 'gone' })
    }
  }

  /**
   * Whether waiting for this answer is over before its time: the process that was asked has been replaced by another, whose
   * key cannot open the request; or it is not attached, and what it was asked may be asked again. Anything but a
   * read or a page of a job is waited for through a break of the network: the answer comes when the same process is back.
   */
  #isPointless(errand: Errand, session: Session): boolean {
    const { sessions } = this.#parts
    if (sessions.of(session.instance)?.bootNonce !== session.bootNonce) return true
    const mayAskAgain = errand.class === 'R' || errand.class === 'J'
    return mayAskAgain && !sessions.isAttached(session.instance)
  }

  #exchange(on: {
    readonly entry: BookEntry
    readonly session: Session
    readonly errand: Errand
    readonly sealed: SealedRequest
    readonly signer: string
    readonly withinMs: number
    readonly signal: AbortSignal
    readonly onSign: () => void
  }): Promise<Attempt> {
    const { clock, book, link, journal, sessions } = this.#parts
    const { entry, session, errand, sealed, withinMs, signal, onSign } = on
    const senders = (keyId: KeyId) => {
      const signer = book.signer(keyId)
      return signer?.entry.id === entry.id ? signer.key.publicKey : undefined
    }
    return new Promise((resolve) => {
      let sending: Sending | undefined
      const digests: Buffer[] = []
      const settle = (attempt: Attempt) => {
        if (!this.#waiting.delete(sealed.requestId)) return
        timer.cancel()
        signal.removeEventListener('abort', onAbort)
        stopWatching()
        sending?.settle()
        journal.ended(errand, entry.id, sealed, attempt.kind, digestOf(digests))
        resolve(attempt)
      }
      const onAbort = () => settle({ kind: 'silent', because: 'gone' })
      const timer = clock.after(withinMs, () => settle({ kind: 'silent', because: 'deadline' }))
      const stopWatching = sessions.onChange(entry.group, () => {
        if (this.#isPointless(errand, session)) settle({ kind: 'silent', because: 'gone' })
      })
      this.#waiting.set(sealed.requestId, {
        assembler: new ReplyAssembler(sealed.pending, senders),
        digests,
        instance: entry.id,
        signer: on.signer,
        onSign,
        settle,
      })
      signal.addEventListener('abort', onAbort, { once: true })
      if (signal.aborted) return onAbort()
      sending = link.send(connectorAddress(entry.group, entry.id as InstanceId), sealed.cargo, {
        ttlMs: shownTtlMs(withinMs),
        expectsAnswer: true,
      })
      if (sending === undefined) return settle({ kind: 'notSent', because: 'relayAway' })
      let isHanded = false
      sending.handed.then(
        () => (isHanded = true),
        () => undefined,
      )
      sending.fate.catch((error: unknown) => settle(refusedBy(error, isHanded)))
    })
  }
}

function digestOf(digests: readonly Buffer[]): Buffer | undefined {
  const [only, ...more] = digests
  if (only === undefined) return undefined
  return more.length === 0 ? only : sha256(concat(...digests))
}
