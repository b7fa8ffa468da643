/**
 * The fleet: load and standing of every instance this console has asked something.
 *
 * Its probes are questions to the connector about itself. They reach no service, and are in the
 * request log like every other.
 *
 * @module
 */
import type { Clock } from '@sallygate/base/clock'
import type { Attempt, Carrier, Errand, Reachable } from './carrier.ts'
import { Load } from './load.ts'
import { Standing } from './standing.ts'

export interface FleetOptions {
  readonly carrier: Carrier
  readonly clock: Clock
  /** Somebody whom nobody asked any more has answered. */
  readonly onCleared: () => void
}

/** Whether an attempt would go elsewhere, and how it is told to. */
export interface Leaver {
  readonly isAsked: () => boolean
  readonly leave: () => void
}

export interface OwedAttempt {
  readonly sign: () => void
  /** It was given up because the instance gave no sign. */
  readonly hasLeft: boolean
  end(attempt: Attempt, afterMs: number): void
}

const probe = 'instance.status'
/** Refused so often in a row: what it is asked of this kind goes to its siblings, until it is tried again. */
const [mostRefusals, shunnedMs] = [2, 5000]
const mostKinds = 1000
/** Impatience with a quick question is no failure of the instance. */
const patienceMs = 2000

interface Member {
  readonly load: Load
  readonly standing: Standing
  readonly leavers: Set<() => void>
  /** By kind of request: refusals in a row, and when the last one came. */
  readonly refusals: Map<string, { readonly count: number; readonly atMs: number }>
  /** Its group, once it has been asked something. */
  group: string
}

export class Fleet {
  readonly #options: FleetOptions
  readonly #members = new Map<string, Member>()

  constructor(options: FleetOptions) {
    this.#options = options
  }

  load(instance: string): Load {
    return this.#member(instance).load
  }

  standing(instance: string): Standing {
    return this.#member(instance).standing
  }

  /** 0: take it. 1: rather a sibling. 2: only if there is nobody else, so that its own words are heard. */
  rank({ instance, services }: Reachable, service: string, kind: string): number {
    const refused = this.#member(instance).refusals.get(kind)
    const isShunned = refused !== undefined && refused.count >= mostRefusals
    if (isShunned && this.#options.clock.monotonicMs() - refused.atMs < shunnedMs) return 2
    const state = services?.get(service)
    if (state === 'failed' || state === 'off') return 2
    return (state === 'degraded' ? 1 : 0) + (this.standing(instance).word === 'healthy' ? 0 : 1)
  }

  begin(instance: string, group: string, kind: string, leaver: Leaver): OwedAttempt {
    const member = this.#member(instance)
    member.group = group
    const { standing, load, leavers, refusals } = member
    const owed = standing.begin()
    const { clock } = this.#options
    let hasLeft = false
    const leave = () => {
      if (!leaver.isAsked()) return
      hasLeft = true
      leaver.leave()
    }
    leavers.add(leave)
    return {
      sign: () => {
        // It is at work on it; to leave now would have it done twice for nothing.
        leavers.delete(leave)
        owed.sign()
      },
      get hasLeft() {
        return hasLeft
      },
      end(attempt, afterMs) {
        leavers.delete(leave)
        owed.end(endOf(attempt, afterMs))
        if (endOf(attempt, afterMs) === 'answered') load.answered(afterMs, clock.monotonicMs())
        if (isRefusal(attempt)) {
          if (refusals.size >= mostKinds) refusals.clear()
          refusals.set(kind, { count: (refusals.get(kind)?.count ?? 0) + 1, atMs: clock.monotonicMs() })
        } else if (attempt.kind === 'done' || attempt.kind === 'failed') refusals.delete(kind)
        if (isBusy(attempt)) load.refusedAsBusy(clock.monotonicMs())
      },
    }
  }

  forget(instance: string): void {
    this.#members.get(instance)?.standing.forget()
    this.#members.delete(instance)
  }

  #member(instance: string): Member {
    const known = this.#members.get(instance)
    if (known !== undefined) return known
    const leavers = new Set<() => void>()
    const { clock, onCleared } = this.#options
    const standing = new Standing({
      clock,
      probe: (withinMs) => this.#probe(instance, withinMs),
      onChange: () => {
        if (standing.word === 'healthy') onCleared()
        else for (const leave of Array.from(leavers)) leave()
      },
    })
    const member = { load: new Load(), standing, leavers, refusals: new Map(), group: '' }
    this.#members.set(instance, member)
    return member
  }

  async #probe(instance: string, withinMs: number): Promise<void> {
    const { carrier } = this.#options
    const { group, standing } = this.#member(instance)
    const to = carrier.reachable(group).find((one) => one.instance === instance)
    if (to === undefined || !to.operations.has(probe)) return
    const attempt = await carrier.carry(to, probeErrand(group), withinMs, neverAborts, () => standing.heard())
    if (endOf(attempt, withinMs) === 'answered') standing.heard()
  }
}

function probeErrand(group: string): Errand {
  const parameters = Buffer.from('{}')
  const who = { group, actingGroup: group, component: 'other' } as const
  return { ...who, operation: probe, class: 'R', parameters, generation: undefined, idempotencyKey: undefined }
}

/** Only what was signed is an answer. What ends for other reasons says nothing of the instance. */
function endOf(attempt: Attempt, afterMs: number): 'answered' | 'unanswered' | 'neither' {
  if (attempt.kind === 'done' || attempt.kind === 'failed' || attempt.kind === 'notStarted') return 'answered'
  if (attempt.kind === 'silent' && attempt.because === 'deadline' && afterMs >= patienceMs) return 'unanswered'
  return attempt.kind === 'undelivered' && attempt.because === 'noSuchPeer' ? 'unanswered' : 'neither'
}

/** It said that it does not do this, and that another may: its clock is wrong, its policy file broken, its service down. */
export function isRefusal(attempt: Attempt): boolean {
  return attempt.kind === 'notStarted' && attempt.failure.retry !== 'never' && !isBusy(attempt)
}

function isBusy(attempt: Attempt): boolean {
  if (attempt.kind === 'notStarted') return attempt.failure.code === 'CONNECTOR_BUSY'
  return attempt.kind === 'undelivered' && attempt.because === 'busy'
}

const neverAborts = new AbortController().signal
