/**
 * The intake: takes what was stored since it last looked into the stream, as long as any target may want it.
 *
 * Whoever raises an event, changes something or reports a device knows nothing of it and waits for
 * nothing: it reads what they have written. Without any target it only keeps up with the numbers.
 *
 * @module
 */
import type { FeedSource, NewFeedRow, Store } from '@sallygate/store'
import { rowOfAudit, rowOfEvent, rowOfHistory, type NameOf } from './message.ts'

type IntakeStore = Pick<Store, 'events' | 'auditLog' | 'deviceHistory' | 'syslogFeed'>

interface Found {
  readonly number: number
  readonly row: NewFeedRow
}

interface Source {
  readonly source: FeedSource
  head(): Promise<number>
  after(number: number, limit: number, nameOf: NameOf): Promise<readonly Found[]>
}

const togetherRows = 250
/** Of one source in one look: the others are looked at as well. */
const mostRounds = 8

export class Intake {
  readonly #store: IntakeStore
  readonly #sources: readonly Source[]
  readonly #names: () => Promise<NameOf>

  constructor(store: IntakeStore, names: () => Promise<NameOf>) {
    this.#store = store
    this.#names = names
    const { events, auditLog, deviceHistory } = store
    this.#sources = [
      {
        source: 'event',
        head: () => events.head(),
        after: async (number, limit, nameOf) =>
          (await events.after(number, limit)).map((one) => ({ number: one.number, row: rowOfEvent(one, nameOf) })),
      },
      {
        source: 'audit',
        head: () => Promise.resolve(auditLog.head.position),
        after: async (number, limit, nameOf) =>
          (await auditLog.after(number, limit)).map((one) => ({ number: one.position, row: rowOfAudit(one, nameOf) })),
      },
      {
        source: 'device',
        head: () => deviceHistory.head(),
        after: async (number, limit, nameOf) =>
          (await deviceHistory.after(number, limit)).map((one) => ({
            number: one.place,
            row: rowOfHistory(one, nameOf),
          })),
      },
    ]
  }

  /** @returns how many rows came into the stream. */
  async take(): Promise<number> {
    let taken = 0
    for (const source of this.#sources) {
      for (let round = 0; round < mostRounds; round++) {
        const before = await this.#store.syslogFeed.taken(source.source)
        const head = await source.head()
        if (head <= before) break
        const found = await source.after(before, togetherRows, await this.#names())
        // A device that was deleted takes its history with it, so there may be nothing up to the head.
        const upTo = found.length < togetherRows ? head : (found.at(-1)?.number ?? head)
        const rows = found.filter(({ number }) => number <= upTo).map(({ row }) => row)
        await this.#store.syslogFeed.take(source.source, upTo, rows)
        taken += rows.length
      }
    }
    return taken
  }

  /** Nobody wants it: whoever comes later begins with what comes later. */
  async skip(): Promise<void> {
    for (const one of this.#sources) {
      const head = await one.head()
      if (head > (await this.#store.syslogFeed.taken(one.source)))
        await this.#store.syslogFeed.take(one.source, head, [])
    }
  }
}
