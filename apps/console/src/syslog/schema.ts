/**
 * Syslog targets as the API shows and takes them.
 *
 * @module
 */
import { checkRowSchema } from '@sallygate/service-kit'
import { syslogTarget, templateNames } from '@sallygate/service-syslog/contract'
import { z } from 'zod'
import { severities } from '../events/catalogue.ts'
import { streamCategories } from '../events/record-kinds.ts'
import { groupParams } from '../organization-groups/schema.ts'

export const usualSpoolBytes = 16 * 1024 * 1024

export const targetFilter = z.strictObject({
  /** At least this bad. */
  severity: z.enum(severities).default('info'),
  /** Absent: all of them. */
  categories: z.array(z.enum(streamCategories)).min(1).max(streamCategories.length).optional(),
})

export const targetSettings = z.strictObject({
  isOn: z.boolean().default(true),
  target: syslogTarget,
  filter: targetFilter.prefault({}),
  /** Events that wait for this target take at most so much room; beyond it the oldest are dropped, counted and announced. */
  spoolBytes: z
    .number()
    .int()
    .min(64 * 1024)
    .max(256 * 1024 * 1024)
    .default(usualSpoolBytes),
  /** Also what belongs to no group: sign-ins, the console itself. Only for who has the right over the whole installation. */
  withInstallation: z.boolean().default(false),
})

export type TargetSettings = z.output<typeof targetSettings>

export const targetChange = z.strictObject({
  name: z.string().min(1).max(100),
  settings: targetSettings,
  /** PEM of the key of the client certificate. `null` erases it; absent, it stays, unless where the target is or whom it believes has changed. */
  clientKey: z.string().min(1).max(16_384).nullable().optional(),
})

export type TargetChange = z.output<typeof targetChange>

const failure = z.object({ code: z.string(), says: z.string(), fix: z.string() })

/** How it goes. Times are UTC; numbers of one target only. */
export const targetState = z.object({
  /** `new`: nothing was sent yet. `waiting`: it failed and is tried again at `nextAttemptAt`. `off`: turned off here, or the service is. */
  state: z.enum(['off', 'new', 'delivering', 'idle', 'waiting']),
  /** Of the last event that the collector has certainly read. */
  sequence: z.number(),
  /** Written, and not known to be read yet: they are sent again if the connection breaks. */
  unconfirmed: z.number(),
  waiting: z.number(),
  waitingBytes: z.number(),
  spoolBytes: z.number(),
  delivered: z.number(),
  dropped: z.number(),
  /** Messages that had to be cut to the length limit. */
  cut: z.number(),
  /** Sent once more, because it was not sure that they had arrived. */
  repeated: z.number(),
  lastDeliveryAt: z.iso.datetime().optional(),
  lastDropAt: z.iso.datetime().optional(),
  failingSince: z.iso.datetime().optional(),
  nextAttemptAt: z.iso.datetime().optional(),
  failure: failure.optional(),
  /** The connector that carried the last batch. */
  connector: z.string().optional(),
  /** `habit`: this collector does not end connections, so what it was sent just before a cut may be lost unseen. */
  confirmation: z.enum(['certain', 'habit', 'none']).optional(),
})

export type TargetState = z.output<typeof targetState>

export const shownTarget = z.object({
  id: z.string(),
  name: z.string(),
  group: z.string(),
  settings: targetSettings,
  hasClientKey: z.boolean(),
  createdAt: z.iso.datetime(),
  updatedAt: z.iso.datetime(),
  status: targetState,
})

export const changedTarget = shownTarget.extend({
  /** The stored client key was erased by this change: give it again. */
  erased: z.array(z.string()),
})

export const targetParams = groupParams.extend({ target: z.string().min(1).max(64) })

export const syslogStatus = z.object({
  /** Whether the syslog service is on for the group, so that its connectors take events. */
  isServiceOn: z.boolean(),
  targets: z.array(z.object({ id: z.string(), name: z.string(), status: targetState })),
})

export const testResult = z.object({
  connector: z.object({ id: z.string(), name: z.string() }).optional(),
  rows: z.array(checkRowSchema),
})

export const previewBody = z.strictObject({
  target: syslogTarget,
  /** The number of a stored event; absent: an example. */
  event: z.number().int().positive().optional(),
})

export const previewResult = z.object({
  /** As it is written to the network, without its frame. */
  line: z.string(),
  bytes: z.number(),
  /** Every name a template may hold. */
  templateNames: z.array(z.enum(templateNames)),
})
