/**
 * An event as it travels to a collector: what happened, when, how bad, to what, and where it stands in the stream.
 *
 * @module
 */
import { z } from 'zod'

export const eventSeverities = ['debug', 'info', 'notice', 'warning', 'error', 'critical'] as const

export const syslogEvent = z.strictObject({
  /** In the order of the stream; what is acknowledged is acknowledged by it. */
  number: z.number().int().positive(),
  /** For this target alone, from 1 and without a gap: where one is missing, it was lost or dropped. 0: outside of the numbers, a test. */
  sequence: z.number().int().nonnegative(),
  /** The same for the same event whenever and wherever it is sent: `event-4711`, `audit-17`, `device-3`. */
  key: z.string().min(1).max(60),
  /** `SG-4001`; docs/events.md says what each is. */
  id: z.string().min(1).max(32),
  name: z.string().min(1).max(64),
  at: z.iso.datetime(),
  severity: z.enum(eventSeverities),
  category: z.string().min(1).max(32),
  says: z.string().max(500),
  /** What it is about, as a person would name it. */
  about: z.string().max(300),
  group: z.strictObject({ id: z.string().max(64), name: z.string().max(300) }).optional(),
  /** Who did it, where somebody did. */
  by: z.string().max(300).optional(),
  source: z.string().max(100).optional(),
  details: z.record(z.string().min(1).max(60), z.union([z.string().max(2048), z.number(), z.boolean()])),
})

export type SyslogEvent = z.infer<typeof syslogEvent>
export type EventSeverity = (typeof eventSeverities)[number]
