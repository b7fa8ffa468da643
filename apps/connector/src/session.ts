/**
 * The session with the console: hello, reports, renewal, for as long as the relay is attached.
 *
 * One loop does one thing at a time. Until a hello has been answered and the trust set
 * is valid the connector is not live, and the gate in front of the services refuses
 * everything; this file only says so and tries again.
 *
 * @module
 */
import type { Timer } from '@sallygate/base/clock'
import { Failure } from '@sallygate/base/failure'
import type { Log } from '@sallygate/base/log'
import type { HopClient } from '@sallygate/dial'
import {
  ANNOUNCEMENT,
  decodeHelloAnswer,
  decodeReportAnswer,
  encodeHello,
  encodeReport,
  openDescriptorAnswer,
  SESSION_HELLO,
  SESSION_REPORT,
  type ClockOffset,
  type Hello,
  type Report,
  type XWingPublicKey,
} from '@sallygate/envelope'
import type { Descriptor } from '@sallygate/trust'
import type { AuditHeads } from './audit-heads.ts'
import { askConsole, type TalkOptions } from './console-talk.ts'
import { fetchDescriptor, namedByClock } from './descriptor-exchange.ts'
import { connectorFailure } from './failures.ts'
import type { Identity } from './identity.ts'
import { Nudge } from './nudge.ts'
import { RenewalPlan, renewCertificate } from './renewal.ts'
import type { SessionEvents } from './session-events.ts'

export interface SessionOptions extends Omit<TalkOptions, 'client' | 'messageClock' | 'enrollment'> {
  readonly client: Pick<HopClient, 'send' | 'attached' | 'status'>
  readonly identity: () => Identity
  /** Puts an identity with a renewed certificate in place. */
  readonly renewed: (identity: Identity) => void
  readonly messageClock: ClockOffset
  readonly bootNonce: string
  readonly encryptionKey: () => XWingPublicKey
  readonly describe: () => Pick<Hello, 'software' | 'abilities' | 'policyDigest' | 'tableVersion'>
  readonly report: () => Pick<Report, 'policyDigest' | 'inFlight' | 'services'>
  readonly events: SessionEvents
  readonly auditHeads: AuditHeads
  readonly reportEveryMs: number
  readonly helloEveryMs: number
  readonly random: () => number
  readonly log: Log
  readonly onChange: () => void
}

const [firstRetryMs, longestRetryMs] = [1000, 30_000]
/** An untrusted relay can say "the console has changed" as often as it likes; it is believed this often. */
const announcementsEveryMs = 5000

export class ConnectorSession {
  readonly #options: SessionOptions
  readonly #stopping = new AbortController()
  readonly #renewal: RenewalPlan
  #attachment = new AbortController()
  readonly #nudge: Nudge
  #wantsHello = true
  #isAnswered = false
  #failure: Failure | undefined
  #helloAtMs = Number.NEGATIVE_INFINITY
  /** What of the clock has been told last: it is told once, not with every report. */
  #toldStanding: ReturnType<ClockOffset['read']>['standing'] = 'unknown'
  #announcement: Timer | undefined
  #loop: Promise<void> | undefined

  constructor(options: SessionOptions) {
    this.#options = options
    this.#renewal = new RenewalPlan(options.clock)
    this.#nudge = new Nudge(options.clock)
  }

  /** A hello has been answered, the relay is attached, the trust set is valid and the clock can be believed. */
  get isLive(): boolean {
    return this.#isAnswered && this.failure() === undefined
  }

  /** Why it is not live, or what is wrong although it is. */
  failure(): Failure | undefined {
    const { trust, messageClock } = this.#options
    const { now, offsetMs, standing } = messageClock.read()
    if (this.#failure !== undefined) return this.#failure
    if (standing === 'wrong') return connectorFailure('CLOCK', { details: { secondsOff: Math.round(offsetMs / 1000) } })
    return trust.isValid(now) ? undefined : connectorFailure('NO_TRUST_SET', { details: { number: trust.number } })
  }

  start(): void {
    this.#loop = this.#run()
  }

  /** The connection to the relay has come or gone. */
  attachmentChanged(isAttached: boolean): void {
    this.#isAnswered = false
    this.#wantsHello = true
    this.#attachment.abort(connectorFailure('CONSOLE_SILENT', { details: { because: 'the relay was lost' } }))
    if (isAttached) this.#attachment = new AbortController()
    this.#nudge.wake()
  }

  /** What is said in a hello has changed. */
  helloAgain(): void {
    this.#wantsHello = true
    this.#nudge.wake()
  }

  /** Something should be said before the next report is due: an event, or that the trust set is behind. */
  reportNow(): void {
    this.#nudge.wake()
  }

  /** A descriptor nobody asked for: the console has started anew. It is fetched again, not believed. */
  announced(cargo: Buffer): void {
    try {
      openDescriptorAnswer(cargo, ANNOUNCEMENT)
    } catch {
      return
    }
    const { clock } = this.#options
    // Put off, never dropped: a console that starts anew right after a hello would else be missed until the next report.
    const waitMs = Math.max(0, this.#helloAtMs + announcementsEveryMs - clock.monotonicMs())
    this.#announcement ??= clock.after(waitMs, () => this.#greetAgain(), { background: true })
  }

  #greetAgain(): void {
    this.#announcement = undefined
    this.helloAgain()
  }

  async stop(): Promise<void> {
    this.#stopping.abort(connectorFailure('DRAINING'))
    this.#announcement?.cancel()
    this.#nudge.wake()
    await this.#loop
  }

  async #run(): Promise<void> {
    const { client } = this.#options
    let retryMs = firstRetryMs
    while (!this.#isStopping) {
      try {
        await client.attached(this.#stopping.signal)
        await this.#once()
        retryMs = firstRetryMs
      } catch (error) {
        if (this.#isStopping) return
        this.#failed(error)
        await this.#nudge.pause(retryMs * (0.5 + this.#options.random()))
        retryMs = Math.min(retryMs * 2, longestRetryMs)
      }
    }
  }

  /** Hello, and then reports until something asks for the next hello. */
  async #once(): Promise<void> {
    const { clock, reportEveryMs, helloEveryMs } = this.#options
    const signal = AbortSignal.any([this.#stopping.signal, this.#attachment.signal])
    const descriptor = await this.#hello(signal)
    if (this.#options.events.peek().length > 0) await this.#report(descriptor, signal)
    while (!signal.aborted && !this.#wantsHello) {
      await this.#nudge.pause(reportEveryMs)
      const isOld = clock.monotonicMs() - this.#helloAtMs >= helloEveryMs
      if (signal.aborted || this.#wantsHello || isOld) return
      await this.#report(descriptor, signal)
      await this.#renew(descriptor, signal)
    }
  }

  async #hello(signal: AbortSignal): Promise<Descriptor> {
    const { client, mailroom, clock, identity, bootNonce, encryptionKey, describe, trust, log, messageClock } =
      this.#options
    this.#wantsHello = false
    const { root, enrollment } = identity()
    const asked = { client, mailroom, clock, pin: { root }, console: enrollment.console, signal }
    const { descriptor } = await fetchDescriptor(asked).catch((error: unknown) => {
      throw namedByClock(error, client.status().relayClockOffsetMs)
    })
    const said = { ...describe(), instance: enrollment.instance, bootNonce, trustSetNumber: trust.number }
    const { payload, askedAtMs, answeredAtMs, isFromIdentity } = await this.#ask(
      descriptor,
      SESSION_HELLO,
      encodeHello(said, encryptionKey()),
      signal,
    )
    const answer = decodeHelloAnswer(payload, bootNonce)
    if (!messageClock.observe(answer.consoleTime, askedAtMs, answeredAtMs))
      throw connectorFailure('CONSOLE_SILENT', { details: { because: 'the answer took too long' } })
    this.#takeTrustSet(answer.trustSet, isFromIdentity)
    this.#helloAtMs = clock.monotonicMs()
    this.#isAnswered = true
    this.#failure = undefined
    this.#tellClock()
    log.info('session open', { console: descriptor.console, trustSet: trust.number, isLive: this.isLive })
    this.#options.onChange()
    await this.#renew(descriptor, signal)
    return descriptor
  }

  async #report(descriptor: Descriptor, signal: AbortSignal): Promise<void> {
    const { bootNonce, trust, messageClock, report, events } = this.#options
    const told = events.peek()
    const said = { ...report(), bootNonce, trustSetNumber: trust.number, events: told }
    const asked = await this.#ask(descriptor, SESSION_REPORT, encodeReport(said), signal)
    const { payload, askedAtMs, answeredAtMs, isFromIdentity } = asked
    const answer = decodeReportAnswer(payload, bootNonce)
    events.told(told)
    // A clock can be set while a session lasts, and the next hello is hours away.
    if (messageClock.observe(answer.consoleTime, askedAtMs, answeredAtMs)) this.#tellClock()
    this.#takeTrustSet(answer.trustSet, isFromIdentity)
    if (answer.auditHead !== undefined) this.#options.auditHeads.keep(answer.auditHead, messageClock.read().now)
    if (answer.sayHello) this.#wantsHello = true
    this.#options.onChange()
  }

  async #renew(descriptor: Descriptor, signal: AbortSignal): Promise<void> {
    const { identity, renewed, bootNonce, log, messageClock, trust } = this.#options
    const { certificate } = identity()
    const isOld = trust.isUnderOldAuthority(certificate)
    if (!this.#renewal.isDue(certificate, messageClock.read().now, isOld)) return
    try {
      const ask = (operation: string, parameters: Buffer) => this.#ask(descriptor, operation, parameters, signal)
      renewed(await renewCertificate(identity(), bootNonce, messageClock.read().now, ask))
      log.info('certificate renewed', { notAfter: identity().certificate.notAfter.toISOString() })
    } catch (error) {
      if (signal.aborted) throw error
      this.#renewal.failed()
      log.warn('certificate not renewed', { error })
    }
  }

  #ask(descriptor: Descriptor, operation: string, parameters: Buffer, signal: AbortSignal) {
    const { enrollment } = this.#options.identity()
    return askConsole({ ...this.#options, enrollment }, descriptor, operation, parameters, signal)
  }

  #takeTrustSet(encoded: Uint8Array | undefined, isFromIdentity: boolean): void {
    if (encoded === undefined) return
    const { trust, messageClock, log } = this.#options
    try {
      if (!trust.accept(encoded, messageClock.read().now, isFromIdentity)) return
      // The next report says so: where keys are being replaced, the console waits for everybody to know the new ones.
      this.reportNow()
      log.info('trust set taken', {
        number: trust.number,
        ...(trust.writeFailure && { notOnDisk: trust.writeFailure.code }),
      })
    } catch (error) {
      // The one that is held goes on for as long as it is valid.
      log.error('trust set refused', { error })
    }
  }

  #tellClock(): void {
    const { offsetMs, standing } = this.#options.messageClock.read()
    const isKnown = standing === this.#toldStanding
    this.#toldStanding = standing
    if (isKnown || standing === 'right' || standing === 'unknown') return
    const secondsOff = Math.round(offsetMs / 1000)
    this.#options.log.warn('clock differs from the console', { secondsOff, standing })
    this.#options.events.add('clock', `${secondsOff} seconds off`)
  }

  #failed(error: unknown): void {
    const { log, onChange } = this.#options
    this.#isAnswered = false
    this.#wantsHello = true
    this.#failure = error instanceof Failure ? error : undefined
    log.warn('no session with the console', { error })
    onChange()
  }

  get #isStopping(): boolean {
    return this.#stopping.signal.aborted
  }
}

/** What a connector without a policy file says its digest is. */
export const noDigest = '00'.repeat(32)
