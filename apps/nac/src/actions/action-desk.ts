/**
 * The action desk: whether an account may have this done to a device now, and that it is asked once.
 *
 * Full wipe is off unless the whole nac and the account allow it. The same for the
 * same device within ten minutes is one action, however often it is asked for.
 *
 * @module
 */
import { randomUUID } from 'node:crypto'
import type { Clock } from '@sallygate/base/clock'
import type { NacAccount, NacAction, NacDevice, NacFacts } from '@sallygate/domain'
import { Buckets } from '../accounts/throttle.ts'
import { mostWaiting, type ActionJournal, type JournalledAction } from './action-journal.ts'

export interface Asker {
  readonly account: NacAccount
  readonly source: string
}

/** Why not, in words a NAC shows its administrator. `undefined`: it will be done. */
export type ActionRefusal = string | undefined

const sameForMs = 10 * 60_000

export class ActionDesk {
  readonly #clock: Clock
  readonly #journal: Pick<ActionJournal, 'ask' | 'waiting'>
  readonly #facts: () => NacFacts
  readonly #rates: Buckets
  readonly #recent = new Map<string, number>()
  readonly #onAsked: () => void

  constructor(parts: {
    readonly clock: Clock
    readonly journal: Pick<ActionJournal, 'ask' | 'waiting'>
    readonly facts: () => NacFacts
    readonly onAsked: () => void
  }) {
    this.#clock = parts.clock
    this.#journal = parts.journal
    this.#facts = parts.facts
    this.#onAsked = parts.onAsked
    this.#rates = new Buckets(parts.clock)
  }

  /** Whether the account has the right at all: without it, the whole request is refused. */
  mayAct({ right, actions }: NacAccount, action: NacAction): boolean {
    return right === 'edit' && actions.includes(action) && (action !== 'full_wipe' || this.#facts().fullWipe)
  }

  mayMessage({ right, messages }: NacAccount): boolean {
    return right === 'edit' && messages && this.#facts().messaging
  }

  /** @throws FILE_*: then nothing was promised. */
  ask(
    asker: Asker,
    device: NacDevice,
    action: JournalledAction['action'],
    text?: { readonly title: string; readonly body: string },
  ): ActionRefusal {
    const nowMs = this.#clock.monotonicMs()
    const same = `${device.guid} ${action} ${text === undefined ? '' : JSON.stringify(text)}`
    const before = this.#recent.get(same)
    if (before !== undefined && nowMs - before < sameForMs) return undefined
    if (this.#journal.waiting.length >= mostWaiting) return 'The console has been away for too long; try again later'
    const { actionsPerMinute } = this.#facts()
    if (actionsPerMinute === 0 || !this.#rates.take(asker.account.id, actionsPerMinute))
      return 'Too many actions of this account; try again in a minute'
    this.#journal.ask({
      id: randomUUID(),
      action,
      device: device.guid,
      account: asker.account.id,
      source: asker.source,
      atMs: this.#clock.now().getTime(),
      ...text,
    })
    for (const [key, atMs] of this.#recent) if (nowMs - atMs >= sameForMs) this.#recent.delete(key)
    this.#recent.set(same, nowMs)
    this.#onAsked()
    return undefined
  }
}
