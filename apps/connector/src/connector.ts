/**
 * A running connector: its parts, the relay it dials, and the session with the console.
 *
 * Composition only. What a part does is in its own file.
 *
 * @module
 */
import { sleep, systemClock, type Clock } from '@sallygate/base/clock'
import { silentLog, type Log } from '@sallygate/base/log'
import type { Running } from '@sallygate/base/process'
import { dial, type HopClient, type ProxyEnvironment, type WayOut } from '@sallygate/dial'
import { kindOf } from '@sallygate/envelope'
import type { AnyService } from '@sallygate/service-kit'
import { exportPublicPoint } from '@sallygate/trust'
import { AuditHeads } from './audit-heads.ts'
import { ownAddress, type Address } from './addresses.ts'
import { mailKeyOf } from './descriptor-exchange.ts'
import { lockHome, type HomeLock } from './home-lock.ts'
import { homeAt } from './home.ts'
import { readIdentity } from './identity.ts'
import { Mailroom } from './mailroom.ts'
import { makeParts, type ConnectorParts } from './parts.ts'
import type { PolicyChange } from './policy-file.ts'
import { proofSigner } from './proof-signer.ts'
import { RelayConnection } from './relay-connection.ts'
import { Requests } from './requests.ts'
import { serviceReport } from './service-report.ts'
import { services as ownServices } from './services.ts'
import { ConnectorSession, noDigest } from './session.ts'
import type { ConnectorSettings } from './settings.ts'
import { software } from './software.ts'
import { StatusWriter } from './status-writer.ts'
import { factsOf, stateOf, writeConnectorStatus, type ConnectorFacts, type StatusInput } from './status.ts'
import { systemResolve, type Resolve } from './target.ts'
import { wayFile } from './way-file.ts'
import { connectorWayOut } from './way-out.ts'

export interface ConnectorOptions {
  readonly clock?: Clock
  readonly log?: Log
  /** The services there are. For tests; a program has those of services.ts. */
  readonly services?: readonly AnyService[]
  readonly resolve?: Resolve
  /** Counts only where the settings say so. */
  readonly environment?: ProxyEnvironment
  /** Uniform in [0, 1). */
  readonly random?: () => number
}

export interface Connector extends Running {
  facts(): ConnectorFacts
  /** Reads policy.toml now instead of at the next poll. */
  reloadPolicy(): void
  /** Resolves when the connector is live, or rejects when the signal aborts. */
  live(signal?: AbortSignal): Promise<void>
}

/** @throws CONNECTOR_NOT_ENROLLED, _IDENTITY_DAMAGED, _ALREADY_RUNNING, FILE_*, DIAL_BAD_URL. */
export async function startConnector(settings: ConnectorSettings, options: ConnectorOptions = {}): Promise<Connector> {
  const { clock = systemClock, log = silentLog, services = ownServices, resolve = systemResolve } = options
  const home = homeAt(settings.home)
  const identity = readIdentity(home)
  const lock = lockHome(home)
  try {
    let connector: RunningConnector | undefined
    const wayOut = connectorWayOut(settings, { clock, log, environment: options.environment })
    const parts = await makeParts({
      settings,
      home,
      identity,
      services,
      resolve,
      wayOut,
      clock,
      log,
      onPolicyChange: (change) => connector?.policyChanged(change),
      onKeyRotation: () => connector?.keyRotated(),
      moveTo: (relayUrl) => connector?.moveTo(relayUrl) ?? Promise.resolve(),
    })
    connector = new RunningConnector(
      parts,
      settings,
      { clock, log, random: options.random ?? Math.random, wayOut },
      lock,
    )
    return connector
  } catch (error) {
    lock.release()
    throw error
  }
}

interface Surroundings {
  readonly clock: Clock
  readonly log: Log
  readonly random: () => number
  readonly wayOut: WayOut | undefined
}

class RunningConnector implements Connector {
  readonly #parts: ConnectorParts
  readonly #settings: ConnectorSettings
  readonly #clock: Clock
  readonly #lock: HomeLock
  readonly #mailroom: Mailroom
  readonly #client: RelayConnection
  readonly #requests: Requests
  readonly #session: ConnectorSession
  readonly #status: StatusWriter
  readonly #wayOut: WayOut | undefined
  readonly #since: Date
  readonly #waiting = new Set<() => void>()
  #wasAttached = false
  #hasBeenLive = false
  #isJournalDown = false
  #stopped: Promise<void> | undefined

  constructor(parts: ConnectorParts, settings: ConnectorSettings, around: Surroundings, lock: HomeLock) {
    const { clock, log } = around
    this.#parts = parts
    this.#settings = settings
    this.#clock = clock
    this.#lock = lock
    this.#wayOut = around.wayOut
    this.#since = clock.now()
    this.#mailroom = new Mailroom(clock)
    this.#client = new RelayConnection({
      relayUrl: parts.relayUrl,
      dial: (relayUrl, onAttached) => this.#dial(relayUrl, onAttached, around),
      onAttached: (isAttached) => this.#attachmentMoved(isAttached),
      onMoved: () => this.#session.helloAgain(),
      clock,
    })
    this.#session = this.#makeSession(around)
    this.#requests = new Requests({
      gate: parts.gate,
      dispatcher: parts.workshop.dispatcher,
      answerer: parts.answerer,
      client: this.#client,
      onApplied: () => this.#servicesChanged(),
      onTrustSetBehind: () => this.#session.reportNow(),
      clock,
      log,
    })
    this.#status = new StatusWriter(clock, log, () => this.#writeStatus())
    this.#status.now()
    this.#session.start()
  }

  facts(): ConnectorFacts {
    return factsOf(this.#statusInput())
  }

  reloadPolicy(): void {
    this.#parts.workshop.policy.reload()
  }

  live(signal?: AbortSignal): Promise<void> {
    if (this.#session.isLive) return Promise.resolve()
    return new Promise((resolve, reject) => {
      this.#waiting.add(resolve)
      signal?.addEventListener('abort', () => reject(signal.reason as Error), { once: true })
    })
  }

  policyChanged({ from, to, failure }: PolicyChange): void {
    const kind = failure === undefined ? 'policyChanged' : 'policyBroken'
    this.#parts.events.add(kind, `from ${from.slice(0, 16)} to ${to.slice(0, 16)}`)
    // Abilities and digest are in the hello, the event in the report that follows it.
    this.#session.helloAgain()
    this.#status.changed()
  }

  /** @throws CONNECTOR_RELAY_NOT_MOVED, DIAL_BAD_URL. */
  moveTo(relayUrl: string): Promise<void> {
    return this.#client.moveTo(relayUrl)
  }

  keyRotated(): void {
    this.#session.helloAgain()
  }

  stop(): Promise<void> {
    this.#stopped ??= this.#stop()
    return this.#stopped
  }

  async #stop(): Promise<void> {
    const { workshop, keys } = this.#parts
    workshop.dispatcher.drain()
    await this.#client.drain()
    const timeUp = new AbortController()
    const late = sleep(this.#clock, this.#settings.drainWithin, timeUp.signal).catch(() => undefined)
    // An operation that outlives its deadline was answered already; an answer may follow the end of its operation.
    await Promise.race([Promise.all([workshop.inFlight.idle(), this.#requests.answered()]), late])
    timeUp.abort()
    await this.#session.stop()
    await this.#client.stop()
    await workshop.stop()
    keys.stop()
    this.#status.stop()
    this.#lock.release()
  }

  #dial(relayUrl: string, onAttached: (isAttached: boolean) => void, around: Surroundings): HopClient {
    const { clock, log, random, wayOut } = around
    const { authorities: ca, identity, home } = this.#parts
    const { enrollment, privateKey } = identity()
    return dial({
      relayUrl,
      tls: { ca },
      address: ownAddress(enrollment),
      publicKey: exportPublicPoint(privateKey),
      sign: proofSigner(privateKey),
      expectedRelay: enrollment.relay,
      software,
      clock,
      log,
      random,
      way: wayFile(home.way, log),
      ...(wayOut === undefined ? {} : { connect: wayOut.connect }),
      onCargo: (from, cargo, _ttlMs, acknowledge) => {
        // When it has been opened, judged and given a place or refused one; not when it is done: what runs is bounded by
        // places kept for each lane, and credit held by slow bulk would keep sign-ins and the console's answers out.
        this.#arrived(from, cargo, acknowledge)
      },
      // The first state comes while the client is still being made.
      onState: (state) => queueMicrotask(() => onAttached(state.kind === 'attached')),
    })
  }

  #makeSession({ clock, log, random }: Surroundings): ConnectorSession {
    const { trust, signer, messageClock, bootNonce, events, keys, workshop } = this.#parts
    const policyDigest = () => workshop.policy.digest() || noDigest
    return new ConnectorSession({
      client: this.#client,
      mailroom: this.#mailroom,
      trust,
      signer,
      messageClock,
      clock,
      bootNonce,
      events,
      auditHeads: new AuditHeads(this.#parts.home.auditHeads, log),
      random,
      log,
      identity: () => this.#parts.identity(),
      renewed: (next) => this.#parts.renewed(next),
      encryptionKey: () => keys.publicKey,
      describe: () => ({
        software,
        abilities: workshop.abilities(),
        policyDigest: policyDigest(),
        tableVersion: workshop.table.version,
      }),
      report: () => ({
        policyDigest: policyDigest(),
        inFlight: workshop.inFlight.total,
        services: [...workshop.services.statuses(), workshop.own.status()].map(serviceReport),
      }),
      reportEveryMs: this.#settings.reportEvery,
      helloEveryMs: this.#settings.helloEvery,
      onChange: () => this.#changed(),
    })
  }

  #arrived(from: Address, cargo: Buffer, acknowledge: () => void): void {
    if (kindOf(cargo) === 'request') {
      // Right behind the answer to a hello: that answer has arrived, and takes until the end of this turn to be taken in.
      const take = () => {
        this.#requests.receive(from, cargo)
        acknowledge()
      }
      if (this.#session.isLive) take()
      else setImmediate(take)
      return
    }
    const key = mailKeyOf(cargo)
    const isAwaited = key !== undefined && this.#mailroom.deliver(key, cargo)
    if (!isAwaited && kindOf(cargo) === 'descriptor') this.#session.announced(cargo)
    acknowledge()
  }

  #attachmentMoved(isAttached: boolean): void {
    if (isAttached !== this.#wasAttached) this.#session.attachmentChanged(isAttached)
    this.#wasAttached = isAttached
    this.#changed()
  }

  #servicesChanged(): void {
    this.#session.reportNow()
    this.#status.changed()
  }

  #changed(): void {
    this.#status.changed()
    if (this.#session.isLive) for (const resolve of this.#waiting) resolve()
  }

  #writeStatus(): void {
    const input = this.#statusInput()
    this.#hasBeenLive ||= input.isLive
    writeConnectorStatus(this.#parts.home, stateOf(input, this.#hasBeenLive), this.#since, factsOf(input))
  }

  #statusInput(): StatusInput {
    const { identity, trust, messageClock, workshop, events } = this.#parts
    const { policy, services, inFlight } = workshop
    const journal = workshop.journal.failure()
    if (journal !== undefined && !this.#isJournalDown) events.add('journalUnavailable', journal.code)
    this.#isJournalDown = journal !== undefined
    return {
      identity: identity(),
      trust,
      isLive: this.#session.isLive,
      failure: this.#session.failure(),
      relay: this.#client.status(),
      wayOut: this.#wayOut?.last,
      clock: messageClock.read(),
      services: services.statuses(),
      inFlight: inFlight.total,
      refusals: this.#requests.refusals(),
      policy: { digest: policy.digest(), failure: policy.failure() },
      journal,
    }
  }
}
