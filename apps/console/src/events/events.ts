/**
 * Events: raised where something happens, kept in the store, the newest hundred thousand.
 *
 * Nobody waits for one. Where the store cannot be written they wait here, a few of
 * them, and are written when it can; how many more there were is told then.
 *
 * @module
 */
import type { Log } from '@sallygate/base/log'
import type { NewEvent, Store } from '@sallygate/store'
import { catalogue, type EventName, type Severity } from './catalogue.ts'

export interface EventFacts {
  /** What it is about, as a person would name it. */
  readonly about?: string | undefined
  readonly group?: string | undefined
  readonly details?: Readonly<Record<string, string | number | boolean | undefined>>
}

const kept = 100_000
const mostWaiting = 200

export class Events {
  readonly #store: Pick<Store, 'events'>
  readonly #log: Log
  readonly #onRaised: (severity: Severity) => void
  #waiting: NewEvent[] = []
  #writing: Promise<void> | undefined
  #lost = 0

  constructor(store: Pick<Store, 'events'>, log: Log, onRaised: (severity: Severity) => void = () => {}) {
    this.#onRaised = onRaised
    this.#store = store
    this.#log = log
  }

  raise(name: EventName, { about = '', group, details = {} }: EventFacts = {}): void {
    const { id, severity, category, says } = catalogue[name]
    this.#log.info('event', { id, name, says, about, group })
    this.#onRaised(severity)
    if (this.#waiting.length >= mostWaiting) {
      this.#lost++
      return
    }
    const known = Object.entries(details).flatMap(([key, value]) =>
      value === undefined ? [] : [[key, value] as const],
    )
    this.#waiting.push({
      id,
      severity,
      category,
      about: about.slice(0, 300),
      group,
      details: Object.fromEntries(known),
    })
    this.#writing ??= this.#write()
  }

  /** Whether this was raised already, so that a restart does not say everything anew. */
  async wasRaised(
    name: EventName,
    about: string,
    details: Readonly<Record<string, string | number>>,
  ): Promise<boolean> {
    const found = await this.#store.events.list({ id: catalogue[name].id, limit: 1000 })
    return found.some(
      (event) => event.about === about && Object.entries(details).every(([key, value]) => event.details[key] === value),
    )
  }

  /** Tries again what could not be written. Resolves when nothing is being written. */
  async flush(): Promise<void> {
    if (this.#waiting.length > 0) this.#writing ??= this.#write()
    await this.#writing
  }

  #tellOfLost(): void {
    const lost = this.#lost
    this.#lost = 0
    if (lost > 0) this.raise('eventsLost', { details: { events: lost } })
  }

  async #write(): Promise<void> {
    try {
      for (let next = this.#waiting[0]; next !== undefined; next = this.#waiting[0]) {
        await this.#store.events.add(next, kept)
        this.#waiting.shift()
        if (this.#waiting.length === 0) this.#tellOfLost()
      }
    } catch (error) {
      this.#log.warn('events wait for the store', { waiting: this.#waiting.length, error })
    } finally {
      this.#writing = undefined
    }
  }
}
