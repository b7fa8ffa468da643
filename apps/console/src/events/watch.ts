/**
 * The watch: looks at how things are, and tells what has changed since it last looked.
 *
 * For what nobody does and what happens by itself: a connector that leaves, a service
 * that fails, a certificate that ends. Something that comes and goes between two looks
 * was not worth waking anybody.
 *
 * @module
 */
import type { Clock } from '@sallygate/base/clock'
import { expiryStep } from '../certificates/renewal.ts'
import type { CertificateEnd } from '../status/certificate-ends.ts'
import type { EventName } from './catalogue.ts'
import type { Events } from './events.ts'

export interface SeenConnector {
  readonly id: string
  readonly name: string
  readonly group: string
  readonly isRevoked: boolean
  readonly isAttached: boolean
  readonly hasClone: boolean
  readonly policyDigest: string | undefined
  readonly services: readonly { readonly service: string; readonly state: string; readonly code: string }[]
}

export interface Seen {
  readonly isRelayWanted: boolean
  readonly isRelayAttached: boolean
  readonly connectors: readonly SeenConnector[]
  readonly lostRows: number
  readonly canWrite: boolean
}

export interface WatchParts {
  readonly clock: Clock
  readonly events: Events
  readonly look: () => Seen
  readonly certificateEnds: () => Promise<readonly CertificateEnd[]>
}

export const lookEveryMs = 2000
export const certificatesEveryMs = 3_600_000

const steps: Readonly<Record<30 | 14 | 7 | 1 | 0, EventName>> = {
  30: 'certificateEndsIn30Days',
  14: 'certificateEndsIn14Days',
  7: 'certificateEndsIn7Days',
  1: 'certificateEndsIn1Day',
  0: 'certificateEnded',
}

export class EventWatch {
  readonly #parts: WatchParts
  #before: Seen
  /** What was last said of a connector's policy and services: also over a time in which it was away. */
  readonly #policies = new Map<string, string>()
  readonly #states = new Map<string, string>()

  constructor(parts: WatchParts) {
    this.#parts = parts
    this.#before = parts.look()
  }

  look(): void {
    const { events } = this.#parts
    const before = this.#before
    const now = this.#parts.look()
    this.#before = now
    if (before.isRelayAttached && !now.isRelayAttached && now.isRelayWanted) events.raise('relayLost')
    if (!before.isRelayAttached && now.isRelayAttached) events.raise('relayBack')
    if (now.lostRows > before.lostRows) events.raise('requestsNotLogged', { details: { rows: now.lostRows } })
    if (before.canWrite && !now.canWrite) events.raise('storeNotWritable')
    if (!before.canWrite && now.canWrite) events.raise('storeWritable')
    const known = new Map(before.connectors.map((connector) => [connector.id, connector]))
    for (const connector of now.connectors) this.#connector(known.get(connector.id), connector, now.isRelayAttached)
    // Whatever waits because the store could not be written is tried again with every look.
    void events.flush()
  }

  async certificates(): Promise<void> {
    const { events, clock, certificateEnds } = this.#parts
    for (const { what, about, group, notAfter } of await certificateEnds()) {
      const step = expiryStep(notAfter, clock.now())
      if (step === undefined) continue
      const shown = about === '' ? what : `${what} of ${about}`
      const details = { notAfter: notAfter.toISOString() }
      if (!(await events.wasRaised(steps[step], shown, details)))
        events.raise(steps[step], { about: shown, group, details })
    }
  }

  #connector(before: SeenConnector | undefined, now: SeenConnector, isRelayAttached: boolean): void {
    const tell = (name: EventName, details?: Readonly<Record<string, string>>) =>
      this.#parts.events.raise(name, {
        about: now.name,
        group: now.group,
        details: { connector: now.id, ...details },
      })
    if (before === undefined) tell('connectorEnrolled')
    if (now.isRevoked && before?.isRevoked === false) tell('connectorRevoked')
    if (now.isAttached && before?.isAttached !== true) tell('connectorAttached')
    // While the relay is away nobody can tell who is; the relay's own event says it once for all.
    if (!now.isAttached && before?.isAttached === true && isRelayAttached && !now.isRevoked) tell('connectorLeft')
    if (now.hasClone && before?.hasClone !== true) tell('cloneAlarm')
    if (!now.hasClone && before?.hasClone === true) tell('cloneAlarmOver')
    this.#policy(now, tell)
    for (const service of now.services) this.#service(now, service, tell)
  }

  #policy({ id, policyDigest }: SeenConnector, tell: Tell): void {
    if (policyDigest === undefined) return
    const before = this.#policies.get(id)
    this.#policies.set(id, policyDigest)
    if (before !== undefined && before !== policyDigest) tell('policyChanged', { before, now: policyDigest })
  }

  #service({ id }: SeenConnector, { service, state, code }: SeenConnector['services'][number], tell: Tell): void {
    const key = `${id} ${service}`
    const before = this.#states.get(key)
    // On the way from one to the other.
    if (state === 'starting' || before === state) return
    this.#states.set(key, state)
    if (state === 'failed') tell('serviceFailed', { service, code })
    else if (state === 'degraded') tell('serviceDegraded', { service, code })
    else if (state === 'healthy' && (before === 'failed' || before === 'degraded'))
      tell('serviceRecovered', { service })
  }
}

type Tell = (name: EventName, details?: Readonly<Record<string, string>>) => void
