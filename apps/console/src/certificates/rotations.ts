/**
 * Rotations: the keys of a group are replaced while everything goes on.
 *
 * Announce the new ones in a trust set; when everybody attached has acknowledged it,
 * or the grace is over, sign with them; renew the connectors' certificates; when the
 * grace is over, and nobody attached needs the old ones, end them. Every step is in the
 * store before it is told to anybody, so a restart goes on where this was.
 *
 * @module
 */
import { every, type Clock, type Timer } from '@sallygate/base/clock'
import type { Log } from '@sallygate/base/log'
import { storeFailure, type Rotation, type Store } from '@sallygate/store'
import { parseCertificate } from '@sallygate/trust'
import type { Exchanges } from '../calls/exchange.ts'
import type { InstanceBook } from '../connectors/instance-book.ts'
import type { Instances } from '../connectors/instances.ts'
import type { Sessions } from '../connectors/sessions.ts'
import type { EventName } from '../events/catalogue.ts'
import type { EventFacts } from '../events/events.ts'
import { consoleFailure } from '../failures.ts'
import type { GroupAuthorities } from './group-authorities.ts'
import { endOldKeys, startKeys, switchKeys, type RotationOrder } from './rotation-keys.ts'
import { progressOf, type ConnectorProgress } from './rotation-progress.ts'
import type { TrustSetIssuer } from './trust-sets.ts'

export interface RotationsParts {
  readonly store: Store
  readonly clock: Clock
  readonly log: Log
  readonly authorities: GroupAuthorities
  readonly trustSets: TrustSetIssuer
  readonly book: InstanceBook
  readonly sessions: Sessions
  readonly exchanges: Pick<Exchanges, 'isSigned'>
  readonly instances: Pick<Instances, 'leaveBehind'>
  /** Has everybody attached to a group say hello again, which brings the newest trust set. */
  readonly nudge: (group: string) => void
  readonly raise: (name: EventName, facts: EventFacts) => void
}

const lookEveryMs = 500
/** A nudge may be lost, or come to a connector that said hello a moment before. */
const nudgeEveryMs = 15_000
/** At least this long everybody attached is waited for before the new keys sign, however short the grace is. */
const patienceMs = 60_000
/** Who is attached and still under the old authority when the grace is over gets this long. */
const lateMs = 10 * 60_000

export class Rotations {
  readonly #parts: RotationsParts
  readonly #running = new Map<string, Rotation>()
  readonly #nudgedMs = new Map<string, number>()
  #timer: Timer | undefined
  #isStopped = false
  #work: Promise<void> = Promise.resolve()

  constructor(parts: RotationsParts) {
    this.#parts = parts
  }

  /** Goes on with what was under way when the console ended. */
  async start(): Promise<void> {
    const { store, log, authorities, sessions, trustSets } = this.#parts
    for (const { id } of await store.groups.list()) sessions.require(id, await authorities.floor(id))
    for (const rotation of await store.rotations.running()) {
      log.info('rotation goes on', { group: rotation.group, state: rotation.state })
      this.#running.set(rotation.group, rotation)
      // The last run may have ended between a step and the trust set that tells of it.
      trustSets.outdate(rotation.group)
    }
    this.#watch()
  }

  /** Looks again and again while there is something to look after, and not otherwise. */
  #watch(): void {
    if (this.#running.size === 0 || this.#isStopped) return
    this.#timer ??= every(this.#parts.clock, lookEveryMs, () => this.look())
  }

  async stop(): Promise<void> {
    this.#isStopped = true
    this.#timer?.cancel()
    await this.#work
  }

  /** With overlap: nobody is to notice. @throws CONSOLE_ROTATION_RUNNING. */
  regenerate(order: Omit<RotationOrder, 'cause'> & { readonly cause?: 'renewal' }): Promise<Rotation> {
    return this.#begin({ cause: 'regenerate', ...order })
  }

  /** The old keys are distrusted at once; a rotation that is under way is replaced. */
  revokeNow(order: Omit<RotationOrder, 'cause' | 'scope'>): Promise<Rotation> {
    return this.#begin({ ...order, cause: 'revokeNow', scope: 'all' })
  }

  get count(): number {
    return this.#running.size
  }

  running(group: string): Rotation | undefined {
    return this.#running.get(group)
  }

  /** How far each connector of the group is with it. */
  async progress(rotation: Rotation): Promise<readonly ConnectorProgress[]> {
    return progressOf(rotation, this.#parts)
  }

  /** Takes every step that can be taken. */
  look(): void {
    if (this.#running.size === 0) {
      this.#timer?.cancel()
      this.#timer = undefined
      return
    }
    void this.#inTurn(async () => {
      for (const rotation of Array.from(this.#running.values())) {
        await this.#advance(rotation).catch((error: unknown) =>
          this.#parts.log.error('rotation waits', { group: rotation.group, state: rotation.state, error }),
        )
      }
    })
  }

  /** One step after the other: two that overlap could issue sets in the wrong order. */
  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const done = this.#work.then(work)
    this.#work = done.then(
      () => undefined,
      () => undefined,
    )
    return done
  }

  #begin(order: RotationOrder): Promise<Rotation> {
    return this.#inTurn(async () => {
      const { log, raise } = this.#parts
      const { group, cause, startedBy } = order
      const rotation = await startKeys(this.#parts, order).catch((error: unknown) => {
        throw storeFailure.is(error) && error.code === 'STORE_DUPLICATE' ? consoleFailure('ROTATION_RUNNING') : error
      })
      this.#running.set(group, rotation)
      this.#watch()
      log.warn('keys of a group are being replaced', { group, cause, by: startedBy })
      raise(cause === 'revokeNow' ? 'keysRevokedNow' : 'rotationStarted', { group, details: { by: startedBy, cause } })
      // What is told is in the trust set before the answer says that it has begun; if not, the next look does it.
      await this.#advance(rotation).catch((error: unknown) => log.error('rotation waits', { group, error }))
      return this.#running.get(group) ?? rotation
    })
  }

  async #advance(rotation: Rotation): Promise<void> {
    if (rotation.trustSetNumber === undefined) return this.#announce(rotation)
    this.#nudge(rotation)
    if (rotation.state === 'announced') return this.#switchIfKnown(rotation)
    return this.#endIfUnneeded(rotation)
  }

  async #announce(rotation: Rotation): Promise<void> {
    const { number } = await this.#tell(rotation.group)
    this.#put(await this.#parts.store.rotations.advance(rotation.id, { trustSetNumber: number }))
    await this.#reread(rotation.group)
  }

  async #switchIfKnown(rotation: Rotation): Promise<void> {
    const { clock, store, raise } = this.#parts
    const now = clock.now().getTime()
    const latest = Math.max(rotation.graceEndsAt.getTime(), rotation.startedAt.getTime() + patienceMs)
    const waitedFor = (await this.progress(rotation)).filter(
      ({ isAttached, hasAcknowledged }) => isAttached && !hasAcknowledged,
    )
    if (waitedFor.length > 0 && now < latest) return
    this.#put(await switchKeys(store, rotation, clock.now()))
    await this.#tell(rotation.group)
    raise('rotationSwitched', {
      group: rotation.group,
      details: {
        notAcknowledged:
          waitedFor
            .map(({ name }) => name)
            .join(', ')
            .slice(0, 200) || undefined,
      },
    })
  }

  async #endIfUnneeded(rotation: Rotation): Promise<void> {
    const { clock, exchanges, authorities, store } = this.#parts
    const now = clock.now().getTime()
    if (now < rotation.graceEndsAt.getTime()) return
    const late = (await this.progress(rotation)).filter(({ isAttached, isDone }) => isAttached && !isDone)
    if (late.length > 0 && now < this.#lastCall(rotation)) return
    const { signers } = await authorities.of(rotation.group)
    const old = signers.filter(({ status }) => status === 'retired')
    if (exchanges.isSigned(new Set(old.map(({ certificate }) => certificate.keyId)))) return
    await endOldKeys(store, rotation.group)
    await this.#tell(rotation.group)
    await this.#leaveBehind(rotation)
  }

  /** The last step: whoever did not come is refused from now on. Done again after a crash in the middle. */
  async #leaveBehind(rotation: Rotation): Promise<void> {
    const { store, clock, instances, raise, log } = this.#parts
    const { group } = rotation
    const authority = await store.certificates.current('groupAuthority', group)
    const left =
      authority === undefined || rotation.authority === undefined
        ? []
        : await instances.leaveBehind(group, parseCertificate(authority.der))
    for (const { id, name } of left) raise('connectorLeftBehind', { group, about: name, details: { connector: id } })
    await store.rotations.advance(rotation.id, { state: 'done', endedAt: clock.now(), leftBehind: left.length })
    this.#running.delete(group)
    this.#nudgedMs.delete(group)
    log.info('keys of a group are replaced', { group, leftBehind: left.length })
    raise('rotationEnded', { group, details: { leftBehind: left.length } })
  }

  #lastCall({ graceEndsAt, switchedAt }: Rotation): number {
    return Math.max(graceEndsAt.getTime(), switchedAt?.getTime() ?? 0) + lateMs
  }

  /** A trust set with the keys of now, and everybody attached told to fetch it. */
  async #tell(group: string) {
    const { trustSets, nudge, clock } = this.#parts
    await this.#keysChanged(group)
    const issued = await trustSets.reissue(group)
    nudge(group)
    this.#nudgedMs.set(group, clock.monotonicMs())
    return issued
  }

  async #keysChanged(group: string): Promise<void> {
    this.#parts.trustSets.outdate(group)
    await this.#reread(group)
  }

  async #reread(group: string): Promise<void> {
    const { authorities, sessions } = this.#parts
    authorities.forget(group)
    sessions.require(group, await authorities.floor(group))
  }

  #nudge({ group }: Rotation): void {
    const { nudge, clock } = this.#parts
    if (clock.monotonicMs() - (this.#nudgedMs.get(group) ?? Number.NEGATIVE_INFINITY) < nudgeEveryMs) return
    this.#nudgedMs.set(group, clock.monotonicMs())
    nudge(group)
  }

  #put(rotation: Rotation): void {
    this.#running.set(rotation.group, rotation)
  }
}
