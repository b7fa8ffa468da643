/**
 * What is counted of a target, and kept beside its place in the stream.
 *
 * @module
 */
import { z } from 'zod'

const count = z.number().int().nonnegative().default(0)

const schema = z.object({
  delivered: count,
  dropped: count,
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
