/**
 * What the sync of a directory answers: runs, their objects, and the people and groups that are stored.
 *
 * @module
 */
import { z } from 'zod'
import { nextCursor, pageQuery } from '../http/paging.ts'
import { groupReference } from '../organization-groups/schema.ts'
import { failureSchema } from '../status/schema.ts'

export const runModes = ['preview', 'sync'] as const
/** `running` also waits for a connector; `held` and `previewed` wait for somebody. The others have ended. */
export const runStates = ['running', 'previewed', 'held', 'done', 'failed', 'stopped', 'replaced'] as const
export const runPhases = ['fetch', 'compare', 'apply', 'ended'] as const
export const objectKinds = ['user', 'group'] as const
export const changeKinds = ['added', 'changed', 'moved', 'disabled', 'enabled', 'removed', 'failed'] as const

const runId = z.string().min(1).max(64)
const objectId = z.string().min(1).max(256)
const time = z.string()
const count = z.number().int().nonnegative()

export const syncParams = z.strictObject({ group: groupReference })
export const runParams = z.strictObject({ group: groupReference, run: runId })
export const userParams = z.strictObject({ group: groupReference, user: objectId })
export const directoryGroupParams = z.strictObject({ group: groupReference, directoryGroup: objectId })

export const startSchema = z.strictObject({
  mode: z.enum(runModes).default('sync'),
  /** Everything anew. Absent: what has changed since the last run, where there is one to go on from. */
  full: z.boolean().optional(),
  /** The very first sync without a preview somebody has looked at. */
  withoutPreview: z.boolean().default(false),
})

export const countsSchema = z.strictObject({
  added: count,
  changed: count,
  moved: count,
  disabled: count,
  enabled: count,
  removed: count,
  failed: count,
  unchanged: count,
  membersAdded: count,
  membersRemoved: count,
})

export const progressSchema = z.strictObject({
  phase: z.enum(runPhases),
  /** Objects read, compared or written in this phase. */
  done: count,
  /** Absent where nobody knows yet: the first run of all. */
  expected: count.optional(),
  perSecond: z.number().nonnegative(),
  secondsLeft: count.optional(),
  /** What it waits for: a connector that is away, a directory that does not answer. */
  waitsFor: failureSchema.optional(),
})

export const holdSchema = z.strictObject({
  because: z.array(
    z.strictObject({
      safeguard: z.enum(['maxRemovals', 'maxRemovalsPercent', 'maxChangesPercent', 'maxMembershipsRemovedPercent']),
      limit: z.number(),
      actual: z.number(),
    }),
  ),
})

export const runSchema = z.strictObject({
  id: z.string(),
  /** Rises by one with each run of the group. */
  number: count,
  mode: z.enum(runModes),
  state: z.enum(runStates),
  full: z.boolean(),
  /** Why everything is read anew, in words; absent where only changes are read. */
  fullBecause: z.string().optional(),
  startedBy: z.enum(['schedule', 'person']),
  startedAt: time,
  endedAt: time.optional(),
  progress: progressSchema,
  /** Known once it has been compared. */
  counts: countsSchema.optional(),
  held: holdSchema.optional(),
  failure: failureSchema.optional(),
  /** How often a pass had to begin anew, and why the last time. */
  restarts: count,
  lastRestart: z.string().optional(),
  server: z.string().optional(),
  method: z.enum(['usn', 'dirSync', 'timestamp', 'none']).optional(),
  deletions: z.enum(['tombstones', 'sweep', 'never', 'wholeRun']).optional(),
  referralsNotFollowed: count,
  /** Where they point, each once. A sync follows none: give what lies there a group of its own. */
  referredTo: z.array(z.string()),
  /** Whether its changes can be put into force by `release`. */
  canBeReleased: z.boolean(),
})

export const syncSchema = z.strictObject({
  isOn: z.boolean(),
  /** The group whose directory settings hold here; only that one synchronizes. */
  settingsFrom: z.string().optional(),
  everyMinutes: z.number().optional(),
  fullEveryHours: z.number().optional(),
  safeguards: z
    .strictObject({
      maxRemovals: z.number(),
      maxRemovalsPercent: z.number(),
      maxChangesPercent: z.number(),
      maxMembershipsRemovedPercent: z.number(),
    })
    .optional(),
  users: count,
  groups: count,
  /** The first sync has been done. Before that a preview is asked for. */
  hasSynced: z.boolean(),
  needsPreview: z.boolean(),
  running: runSchema.optional(),
  /** Waits for somebody: held by a safeguard, or a preview. */
  waiting: runSchema.optional(),
  lastRun: runSchema.optional(),
  lastDoneAt: time.optional(),
  lastFullAt: time.optional(),
  nextRunAt: time.optional(),
  /** Failures in a row; from the third on it is tried less often. */
  failures: count,
})

export const runsQuery = z.strictObject(pageQuery(50))
export const runsSchema = z.strictObject({ runs: z.array(runSchema), nextCursor })

export const changesQuery = z.strictObject({
  ...pageQuery(200),
  change: z.enum(changeKinds).optional(),
  kind: z.enum(objectKinds).optional(),
})

export const changeSchema = z.strictObject({
  id: z.string(),
  kind: z.enum(objectKinds),
  change: z.enum(changeKinds),
  name: z.string(),
  dn: z.string(),
  /** Which fields differ; their values are with the object. */
  fields: z.array(z.string()),
  membersAdded: count.optional(),
  membersRemoved: count.optional(),
})
export const changesSchema = z.strictObject({ changes: z.array(changeSchema), nextCursor })

export const listQuery = z.strictObject({
  ...pageQuery(100),
  /** The beginning of a name, a login or a mail address. */
  search: z.string().min(1).max(200).optional(),
})

const listed = { id: z.string(), name: z.string(), dn: z.string(), mail: z.string().optional() }

export const listedUserSchema = z.strictObject({
  ...listed,
  login: z.string().optional(),
  isDisabled: z.boolean(),
  isLocked: z.boolean(),
  isExpired: z.boolean(),
})
export const listedGroupSchema = z.strictObject({ ...listed, description: z.string().optional() })
export const usersSchema = z.strictObject({ users: z.array(listedUserSchema), nextCursor })
export const groupsSchema = z.strictObject({ groups: z.array(listedGroupSchema), nextCursor })

const values = z.record(z.string(), z.array(z.string()))
const membershipOf = z.strictObject({
  id: z.string(),
  name: z.string(),
  /** Through another group, not by itself. */
  isTransitive: z.boolean(),
})

export const userSchema = listedUserSchema.extend({
  fields: values,
  mustChangePassword: z.boolean(),
  expiresAt: time.optional(),
  syncedAt: time,
  /** At most 1000. */
  groups: z.array(membershipOf),
  groupsCut: z.boolean(),
})

export const directoryGroupSchema = listedGroupSchema.extend({
  fields: values,
  syncedAt: time,
  directMembers: count,
  /** Members that are outside of what is synchronized: other bases, filtered out. */
  unknownMembers: count,
  memberOf: z.array(membershipOf),
  memberOfCut: z.boolean(),
})

export const membersQuery = z.strictObject({
  ...pageQuery(100),
  of: z.enum(['direct', 'transitive']).default('direct'),
})
export const memberSchema = z.strictObject({
  id: z.string(),
  kind: z.enum(objectKinds),
  name: z.string(),
  dn: z.string(),
  isTransitive: z.boolean(),
})
export const membersSchema = z.strictObject({ members: z.array(memberSchema), nextCursor })
