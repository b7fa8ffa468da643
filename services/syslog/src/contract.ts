/**
 * The syslog contract: what a connector does with the events it is given for a collector.
 *
 * Imported by both ends; no I/O. Targets are the console's objects and come with each call;
 * what is a setting of the service itself holds for all of them.
 *
 * @module
 */
import { checkResultSchema, defineContract, operation } from '@sallygate/service-kit'
import { z } from 'zod'
import { syslogEvent } from './contract/event.ts'
import { syslogSettings } from './contract/settings.ts'
import { syslogTarget } from './contract/target.ts'

export * from './contract/event.ts'
export * from './contract/failures.ts'
export * from './contract/fields.ts'
export * from './contract/settings.ts'
export * from './contract/target.ts'

/** Of one call. An event is at most 8 KiB, a call at most 256 KiB: `mostBatchBytes` is kept by whoever makes the batch. */
export const mostBatchEvents = 250
export const mostBatchBytes = 192 * 1024

const connectionId = z.string().min(1).max(64)

/** PEM of the key that belongs to the target's client certificate. */
const clientKey = z.string().max(16_384).optional()

export const deliverResult = z.discriminatedUnion('state', [
  z.strictObject({
    state: z.literal('written'),
    /** The last of these events that was given to the network, by its number. */
    written: z.number().int().nonnegative(),
    /**
     * Of all events written on this connection, whether the collector has certainly read them:
     * it ended its side after we had ended ours. Over UDP there is nothing to wait for.
     */
    isConfirmed: z.boolean(),
    /** The same of the connection that the caller named, where it was ended before these events and they are on another one. */
    isBeforeConfirmed: z.boolean(),
    /** `certain`, or why not: `habit`, a collector that does not end its side, twice in a row. */
    confirmation: z.enum(['certain', 'habit', 'none']),
    /** Where the next ones are expected, as long as nothing is confirmed. */
    connection: connectionId.optional(),
    /** Messages that had to be cut to the length limit. */
    cut: z.number().int().nonnegative(),
    bytes: z.number().int().nonnegative(),
  }),
  /** The connection the caller counts on is gone, and with it perhaps what was written last. Nothing was written now. */
  z.strictObject({ state: z.literal('rewind') }),
])

export type DeliverResult = z.infer<typeof deliverResult>

export const syslogContract = defineContract('syslog', 1, {
  title: 'Syslog',
  settings: syslogSettings,
  operations: {
    check: operation({
      class: 'R',
      says: 'Tries every step to a collector, sends it a test message, and sees whether it ends connections in an orderly way.',
      params: z.strictObject({
        /** Absent: only whether the service runs. */
        target: syslogTarget.optional(),
        clientKey,
        event: syslogEvent.optional(),
      }),
      secretParams: ['clientKey'],
      result: checkResultSchema,
      deadlineMs: 30_000,
      leastMs: 500,
    }),
    deliver: operation({
      class: 'O',
      says: 'Writes events to a collector, in order.',
      params: z.strictObject({
        target: syslogTarget,
        clientKey,
        /** Of the target: deliveries of one stream share a connection and come one after the other. */
        stream: z.string().min(1).max(64),
        /** That holds events not confirmed yet; absent when all are. */
        connection: connectionId.optional(),
        events: z.array(syslogEvent).max(mostBatchEvents),
        /** End the connection after these events, and wait until the collector has read them all. */
        confirm: z.boolean().default(false),
      }),
      secretParams: ['clientKey'],
      result: deliverResult,
      deadlineMs: 60_000,
      leastMs: 500,
    }),
  },
  abilities: ['udp', 'tcp', 'tls', 'octetCounting', 'lineFeed', 'rfc5424', 'cef', 'leef', 'template'],
})

export type SyslogContract = typeof syslogContract
