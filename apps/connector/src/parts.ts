/**
 * The parts of a connector that need no relay: identity, trust, keys, clock, workshop, and the gate over them.
 *
 * Made once per process, in the order they need each other.
 *
 * @module
 */
import { randomBytes, toHex } from '@sallygate/base/bytes'
import type { Clock } from '@sallygate/base/clock'
import type { Log } from '@sallygate/base/log'
import { inspectionAuthorities, parseRelayUrl, type WayOut } from '@sallygate/dial'
import {
  BatchSigner,
  ClockOffset,
  EncryptionKeyRing,
  ReceiverContexts,
  RequestGate,
  type Answerer,
  type MessageClock,
  type Signer,
} from '@sallygate/envelope'
import type { AnyContract, AnyService } from '@sallygate/service-kit'
import { checkSelf } from './check-self.ts'
import type { Home } from './home.ts'
import { writeIdentity, type Identity } from './identity.ts'
import type { PolicyChange } from './policy-file.ts'
import { relayAuthorities } from './relay-authorities.ts'
import { SessionEvents } from './session-events.ts'
import type { ConnectorSettings } from './settings.ts'
import type { Resolve } from './target.ts'
import { TrustStore } from './trust-store.ts'
import { objectOfRequest, openWorkshop, type Workshop } from './workshop.ts'

export interface PartsOptions {
  readonly settings: ConnectorSettings
  readonly home: Home
  readonly identity: Identity
  readonly services: readonly AnyService[]
  readonly resolve: Resolve
  readonly wayOut: WayOut | undefined
  readonly clock: Clock
  readonly log: Log
  /** Both may come before the session there is to tell has been made. */
  readonly onPolicyChange: (change: PolicyChange) => void
  readonly onKeyRotation: () => void
  /** Resolves when the relay is reached there. */
  readonly moveTo: (relayUrl: string) => Promise<void>
}

export interface ConnectorParts {
  readonly home: Home
  readonly relayUrl: string
  /** PEM. */
  readonly authorities: readonly string[]
  readonly signer: Signer
  readonly bootNonce: string
  readonly trust: TrustStore
  readonly messageClock: ClockOffset
  readonly keys: EncryptionKeyRing
  readonly events: SessionEvents
  readonly workshop: Workshop
  readonly gate: RequestGate
  readonly answerer: Answerer
  readonly identity: () => Identity
  /** Puts an identity with a renewed certificate in place. The key is the same. */
  readonly renewed: (identity: Identity) => void
}

/** @throws CONNECTOR_IDENTITY_DAMAGED, FILE_MISSING, FILE_UNREADABLE, DIAL_BAD_URL. */
export async function makeParts(options: PartsOptions): Promise<ConnectorParts> {
  const { settings, home, services, wayOut, clock, log } = options
  let { identity } = options
  const { enrollment, privateKey, certificate } = identity
  let target = parseRelayUrl(settings.relayUrl ?? enrollment.relayUrl)
  const authorities = [...relayAuthorities(identity, settings.relayCaFile), ...inspectionAuthorities(settings)]
  const contracts = services.map(({ contract }) => contract as AnyContract)
  const trust = new TrustStore(home, identity)
  const messageClock = new ClockOffset(clock)
  const bootNonce = toHex(randomBytes(16))
  const signer = { keyId: certificate.keyId, privateKey }
  const workshop = await openWorkshop({
    home,
    identity,
    services,
    relay: {
      get host() {
        return target.host
      },
      get port() {
        return target.port
      },
      isBehindProxy: wayOut !== undefined,
    },
    resolve: options.resolve,
    policyPollEveryMs: settings.policyPollEvery,
    maxInFlight: settings.maxInFlight,
    maxPerService: settings.maxPerService,
    checkSelf: () => checkSelf(home, contracts, clock, { seen: () => messageClock.read(), wayOut }),
    onPolicyChange: options.onPolicyChange,
    async moveTo(next) {
      // What the administrator of this host wrote down stands above what the console says.
      if (settings.relayUrl !== undefined) return
      await options.moveTo(next)
      target = parseRelayUrl(next)
    },
    clock,
    log,
  })
  const relayUrl = settings.relayUrl ?? workshop.own.relayUrl ?? enrollment.relayUrl
  target = parseRelayUrl(relayUrl)
  const keys = new EncryptionKeyRing({ clock, onRotate: options.onKeyRotation })
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
    contexts: new ReceiverContexts({ clock }),
  })
  const batch = new BatchSigner(signer)
  const answerer = { endpoint: enrollment.instance, signer, batch, clock: correctedClock(clock, messageClock) }
  const events = new SessionEvents(clock)
  return {
    home,
    relayUrl,
    authorities,
    signer,
    bootNonce,
    trust,
    messageClock,
    keys,
    events,
    workshop,
    gate,
    answerer,
    identity: () => identity,
    renewed(next) {
      writeIdentity(home, next)
      identity = next
    },
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

/** The closed list, as the gate asks for it. */
function knownOperations({ table }: Workshop) {
  const classes = new Map(table.rows.map((row) => [row.name, row.class]))
  return { tableVersion: table.version, classOf: (operation: string) => classes.get(operation) }
}
