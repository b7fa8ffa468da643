/**
 * What is counted of a target, and kept beside its place in the stream.
 *
 * @module
 */
import type { Json } from '@sallygate/base/json'
import { z } from 'zod'

const count = z.number().int().nonnegative().default(0)

const schema = z.object({
  delivered: count,
  dropped: count,
  /** How many of those dropped an event has told of. Absent in what an earlier version wrote: all of them. */
  droppedTold: z.number().int().nonnegative().optional(),
  cut: count,
  repeated: count,
  lastDeliveryAt: z.string().optional(),
  lastDropAt: z.string().optional(),
  /** Whether an event has said that it fails, so that one says when it is over, also after a restart. */
  isTold: z.boolean().default(false),
})

export type KeptCounts = z.output<typeof schema>

/** What a later version wrote counts as nothing rather than stopping the target. */
export function keptCounts(state: unknown): KeptCounts {
  const read = schema.safeParse(state)
  return read.success ? read.data : schema.parse({})
}

export class Tally {
  #counts: KeptCounts

  constructor(kept: unknown) {
    this.#counts = keptCounts(kept)
  }

  get counts(): KeptCounts {
    return this.#counts
  }

  /** Dropped, and no event has said so yet. */
  get untold(): number {
    const { dropped, droppedTold = dropped } = this.#counts
    return dropped - droppedTold
  }

  add(name: 'delivered' | 'cut' | 'repeated', more: number): void {
    this.#counts = { ...this.#counts, [name]: this.#counts[name] + more }
  }

  drop(more: number, at: Date): void {
    const { dropped, droppedTold = dropped } = this.#counts
    this.#counts = { ...this.#counts, dropped: dropped + more, droppedTold, lastDropAt: at.toISOString() }
  }

  toldOfDrops(): void {
    this.#counts = { ...this.#counts, droppedTold: this.#counts.dropped }
  }

  deliveredAt(at: Date): void {
    this.#counts = { ...this.#counts, lastDeliveryAt: at.toISOString() }
  }

  set isTold(isTold: boolean) {
    this.#counts = { ...this.#counts, isTold }
  }

  get isTold(): boolean {
    return this.#counts.isTold
  }

  /** For the row: without members that are not set, which JSON has no word for. */
  toRow(): Readonly<Record<string, Json>> {
    return JSON.parse(JSON.stringify(this.#counts)) as Readonly<Record<string, Json>>
  }
}
