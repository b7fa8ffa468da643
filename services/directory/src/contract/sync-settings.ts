/**
 * Settings of the sync: how often, by what means, and what makes it stop and ask.
 *
 * @module
 */
import { z } from 'zod'

export const incrementalMethods = ['automatic', 'usn', 'dirSync', 'timestamp', 'none'] as const
export const deletionMethods = ['automatic', 'tombstones', 'sweep', 'never'] as const

export const syncSettings = z.strictObject({
  isOn: z.boolean().default(false),
  /** Five minutes: a change in the directory is visible here before anybody calls. */
  everyMinutes: z.number().int().min(1).max(1440).default(5),
  /** Everything is read anew: what an incremental run can miss ends here. */
  fullEveryHours: z
    .number()
    .int()
    .min(1)
    .max(24 * 31)
    .default(24),
  incremental: z.enum(incrementalMethods).default('automatic'),
  deletions: z.enum(deletionMethods).default('automatic'),
  /** Groups and memberships as well, or only users. */
  groups: z.boolean().default(true),
  /** A run that would do more than this is held until somebody has looked at it. */
  safeguards: z
    .strictObject({
      maxRemovals: z.number().int().min(0).max(1_000_000).default(500),
      maxRemovalsPercent: z.number().min(0).max(100).default(10),
      maxChangesPercent: z.number().min(0).max(100).default(50),
      maxMembershipsRemovedPercent: z.number().min(0).max(100).default(50),
    })
    .prefault({}),
})

export type SyncSettings = z.infer<typeof syncSettings>
