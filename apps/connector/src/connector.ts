/**
 * A running connector: the workshop, the gate in front of it, and the session with the console.
 *
 * Composition only. What a part does is in its own file.
 *
 * @module
 */
import { randomBytes, toHex } from '@sallygate/base/bytes'
import { sleep, systemClock, type Clock } from '@sallygate/base/clock'
import { silentLog, type Log } from '@sallygate/base/log'
import type { Running } from '@sallygate/base/process'
import { dial, parseRelayUrl, type HopClient } from '@sallygate/dial'
import { ClockOffset, EncryptionKeyRing, kindOf, RequestGate, type MessageClock } from '@sallygate/envelope'
import type { AnyContract, AnyService } from '@sallygate/service-kit'
import { exportPublicPoint } from '@sallygate/trust'
import { ownAddress, type Address } from './addresses.ts'
import { checkSelf } from './check-self.ts'
import { mailKeyOf } from './descriptor-exchange.ts'
import { lockHome, type HomeLock } from './home-lock.ts'
import { homeAt, type Home } from './home.ts'
import { readIdentity, writeIdentity, type Identity } from './identity.ts'
import { Mailroom } from './mailroom.ts'
import type { PolicyChange } from './policy-file.ts'
import { proofSigner } from './proof-signer.ts'
import { relayAuthorities } from './relay-authorities.ts'
import { Requests } from './requests.ts'
import { services as ownServices } from './services.ts'
import { SessionEvents } from './session-events.ts'
import { ConnectorSession, noDigest } from './session.ts'
import { serviceReport } from './service-report.ts'
import type { ConnectorSettings } from './settings.ts'
import { software } from './software.ts'
import { StatusWriter } from './status-writer.ts'
import { factsOf, stateOf, writeConnectorStatus, type ConnectorFacts, type StatusInput } from './status.ts'
import { systemResolve, type Resolve } from './target.ts'
import { TrustStore } from './trust-store.ts'
import { objectOfRequest, openWorkshop, type Workshop } from './workshop.ts'

export interface ConnectorOptions {
  readonly clock?: Clock
  readonly log?: Log
  /** The services there are. For tests; a program has those of services.ts. */
  readonly services?: readonly AnyService[]
  readonly resolve?: Resolve
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
  const home = homeAt(settings.home)
  const identity = readIdentity(home)
  const lock = lockHome(home)
  try {
    return await composeConnector(settings, home, identity, lock, options)
  } catch (error) {
    lock.release()
    throw error
  }
}

async function composeConnector(
  settings: ConnectorSettings,
  home: Home,
  enrolled: Identity,
  lock: HomeLock,
  options: ConnectorOptions,
): Promise<Connector> {
  const { clock = systemClock, log = silentLog, random = Math.random } = options
  let identity = enrolled
  const since = clock.now()
  const { enrollment, privateKey } = identity
  const relayUrl = settings.relayUrl ?? enrollment.relayUrl
  const services = options.services ?? ownServices
  const contracts = services.map(({ contract }) => contract as AnyContract)
  const trust = new TrustStore(home, identity)
  const events = new SessionEvents(clock)
  const messageClock = new ClockOffset(clock)
  const bootNonce = toHex(randomBytes(16))
  const mailroom = new Mailroom(clock)
  const signer = { keyId: identity.certificate.keyId, privateKey }
  const workshop = await openWorkshop({
    home,
    identity,
    services,
    relay: parseRelayUrl(relayUrl),
    resolve: options.resolve ?? systemResolve,
    policyPollEveryMs: settings.policyPollEvery,
    maxInFlight: settings.maxInFlight,
    maxPerService: settings.maxPerService,
    checkSelf: () => checkSelf(home, contracts, clock),
    onPolicyChange: (change) => policyChanged(change),
    clock,
    log,
  })
  const keys = new EncryptionKeyRing({ clock, onRotate: () => session.helloAgain() })
  const gate = new RequestGate({
    direction: 'consoleToConnector',
    endpoint: enrollment.instance,
    bootNonce,
    groupOf: () => enrollment.group,
    findKey: keys.find,
    senders: (keyId) => trust.signerKey(keyId, messageClock.read().now),
    clock: messageClock,
    operations: knownOperations(workshop),
    trustSet: trust.forGate,
    protocolFloor: trust.protocolFloor,
    generationFloor: workshop.generations,
    objectOf: objectOfRequest,
  })
  const requests = new Requests({
    gate,
    dispatcher: workshop.dispatcher,
    answerer: () => ({ endpoint: enrollment.instance, signer, clock: correctedClock(clock, messageClock) }),
    client: () => client,
    onApplied() {
      session.reportNow()
      status.changed()
    },
    onTrustSetBehind: () => session.reportNow(),
    log,
  })
  const status = new StatusWriter(clock, log, () => {
    const input = statusInput()
    hasBeenLive ||= input.isLive
    writeConnectorStatus(home, stateOf(input, hasBeenLive), since, factsOf(input))
  })
  let hasBeenLive = false
  let isJournalDown = false
  const waiting = new Set<() => void>()
  const client: HopClient = dial({
    relayUrl,
    tls: { ca: relayAuthorities(identity, settings.relayCaFile) },
    address: ownAddress(enrollment),
    publicKey: exportPublicPoint(privateKey),
    sign: proofSigner(privateKey),
    expectedRelay: enrollment.relay,
    software,
    clock,
    log,
    random,
    onCargo(from, cargo, _ttlMs, acknowledge) {
      acknowledge()
      arrived(from, cargo)
    },
    onState(state) {
      // The first state comes while the client is still being made.
      queueMicrotask(() => attachmentMoved(state.kind === 'attached'))
    },
  })
  const session = new ConnectorSession({
    client,
    mailroom,
    trust,
    signer,
    messageClock,
    clock,
    identity: () => identity,
    renewed(next) {
      writeIdentity(home, next)
      identity = next
    },
    bootNonce,
    encryptionKey: () => keys.publicKey,
    describe: () => ({
      software,
      abilities: workshop.abilities(),
      policyDigest: workshop.policy.digest() || noDigest,
      tableVersion: workshop.table.version,
    }),
    report: () => ({
      policyDigest: workshop.policy.digest() || noDigest,
      inFlight: workshop.inFlight.total,
      services: workshop.services.statuses().map(serviceReport),
    }),
    events,
    reportEveryMs: settings.reportEvery,
    helloEveryMs: settings.helloEvery,
    random,
    log,
    onChange: () => changed(),
  })

  function arrived(from: Address, cargo: Buffer): void {
    if (kindOf(cargo) === 'request') {
      requests.receive(from, cargo)
      return
    }
    const key = mailKeyOf(cargo)
    const isAwaited = key !== undefined && mailroom.deliver(key, cargo)
    if (!isAwaited && kindOf(cargo) === 'descriptor') session.announced(cargo)
  }

  let wasAttached = false
  function attachmentMoved(isAttached: boolean): void {
    if (isAttached !== wasAttached) session.attachmentChanged(isAttached)
    wasAttached = isAttached
    changed()
  }

  function policyChanged({ from, to, failure }: PolicyChange): void {
    events.add(
      failure === undefined ? 'policyChanged' : 'policyBroken',
      `from ${from.slice(0, 16)} to ${to.slice(0, 16)}`,
    )
    // Abilities and digest are in the hello, the event in the report that follows it.
    session.helloAgain()
    session.reportNow()
    status.changed()
  }

  function statusInput(): StatusInput {
    const journal = workshop.journal.failure()
    if (journal !== undefined && !isJournalDown) events.add('journalUnavailable', journal.code)
    isJournalDown = journal !== undefined
    return {
      identity,
      trust,
      isLive: session.isLive,
      failure: session.failure(),
      relay: client.status(),
      clock: messageClock.read(),
      services: workshop.services.statuses(),
      inFlight: workshop.inFlight.total,
      refusals: requests.refusals(),
      policy: { digest: workshop.policy.digest(), failure: workshop.policy.failure() },
      journal,
    }
  }

  function changed(): void {
    status.changed()
    if (session.isLive) for (const resolve of waiting) resolve()
  }

  status.now()
  session.start()
  let stopped: Promise<void> | undefined
  const stop = async () => {
    workshop.dispatcher.drain()
    await client.drain()
    const timeUp = new AbortController()
    await Promise.race([
      workshop.inFlight.idle(),
      sleep(clock, settings.drainWithin, timeUp.signal).catch(() => undefined),
    ])
    timeUp.abort()
    await session.stop()
    await client.stop()
    await workshop.stop()
    keys.stop()
    status.stop()
    lock.release()
  }
  return {
    facts: () => factsOf(statusInput()),
    reloadPolicy: () => workshop.policy.reload(),
    live(signal) {
      if (session.isLive) return Promise.resolve()
      return new Promise((resolve, reject) => {
        waiting.add(resolve)
        signal?.addEventListener('abort', () => reject(signal.reason as Error), { once: true })
      })
    },
    stop: () => (stopped ??= stop()),
  }
}

/** Replies are dated by the console's time, as requests are. */
function correctedClock(clock: Clock, messageClock: MessageClock): Clock {
  return {
    now: () => messageClock.read().now,
    monotonicMs: () => clock.monotonicMs(),
    after: (delayMs, action, options) => clock.after(delayMs, action, options),
  }
}

function knownOperations({ table }: Workshop) {
  return {
    tableVersion: table.version,
    classOf: (operation: string) => table.rows.find(({ name }) => name === operation)?.class,
  }
}
