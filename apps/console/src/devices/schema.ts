/**
 * Devices as the API shows and takes them.
 *
 * @module
 */
import { deviceStates, factNames, severities } from '@sallygate/domain'
import { deviceSorts, type DeviceSort } from '@sallygate/store'
import { z } from 'zod'
import { verdictSchema } from '../check-in/schema.ts'
import { nextCursor, pageQuery } from '../http/paging.ts'
import { groupReference } from '../organization-groups/schema.ts'

export const deviceParams = z.strictObject({ device: z.string().min(1).max(64) })

const sorts = Object.keys(deviceSorts) as [DeviceSort, ...DeviceSort[]]
const words = <S extends z.ZodType<string, string>>(each: S) =>
  z
    .string()
    .max(1000)
    .transform((text) => text.split(','))
    .pipe(z.array(each).min(1).max(50))
const yesOrNo = z.enum(['true', 'false']).transform((text) => text === 'true')

export const deviceFilters = {
  /** The group and all below it. Without it, every group the caller sees. */
  group: groupReference.optional(),
  /** Only the group itself. */
  below: yesOrNo.optional(),
  /** Some of `enrolled,unenrolled,wipePending,wiped,deleted`; without it, all but deleted. */
  state: words(z.enum(deviceStates)).optional(),
  compliant: yesOrNo.optional(),
  platform: words(z.string().max(100)).optional(),
  ownership: z.string().min(1).max(100).optional(),
  /** The name of a source that reports it. */
  source: z.string().min(1).max(100).optional(),
  /** The name of a policy that it fails. */
  failing: z.string().min(1).max(256).optional(),
  /** Has an address that software made up. */
  randomMac: yesOrNo.optional(),
  /** Has not reported for so long. */
  silentHours: z
    .string()
    .regex(/^[1-9]\d{0,4}$/, 'a number from 1')
    .transform(Number)
    .optional(),
  /** Words that all have to be in its name, identifiers, addresses, user or model. */
  search: z.string().max(200).optional(),
}

const order = {
  sort: z.enum(sorts).default('name'),
  descending: yesOrNo.default(false),
}

export const listQuery = z.strictObject({ ...pageQuery(100), ...deviceFilters, ...order })
export const facetQuery = z.strictObject(deviceFilters)

/** A row of the list. What nobody can tell is left out. */
export const listedDeviceSchema = z.strictObject({
  id: z.string(),
  name: z.string(),
  group: z.string(),
  groupName: z.string(),
  state: z.enum(deviceStates),
  compliant: z.boolean(),
  /** How many rules fail, those that do not count for access included. */
  failing: z.number().int(),
  failingPolicies: z.array(z.string()),
  hostName: z.string().optional(),
  serial: z.string().optional(),
  userName: z.string().optional(),
  manufacturer: z.string().optional(),
  model: z.string().optional(),
  platform: z.string().optional(),
  osVersion: z.string().optional(),
  ownership: z.string().optional(),
  mac: z.string().optional(),
  macCount: z.number().int(),
  randomMacs: z.number().int(),
  diskEncrypted: z.boolean().optional(),
  pinLocked: z.boolean().optional(),
  jailBroken: z.boolean().optional(),
  sources: z.array(z.string()),
  enrolledAt: z.iso.datetime(),
  lastReportAt: z.iso.datetime(),
})

export const columns = Object.keys(listedDeviceSchema.shape) as (keyof z.infer<typeof listedDeviceSchema>)[]

export const csvQuery = z.strictObject({
  ...deviceFilters,
  ...order,
  /** Some of the members of a row, in the order wanted. */
  columns: words(z.enum(columns as [string, ...string[]])).optional(),
})

export const deviceListSchema = z.strictObject({ devices: z.array(listedDeviceSchema), nextCursor })

const counts = z.array(z.strictObject({ value: z.string(), count: z.number().int() }))

export const facetsSchema = z.strictObject({
  total: z.number().int(),
  state: counts,
  compliant: counts,
  platform: counts,
  ownership: counts,
  group: z.array(z.strictObject({ value: z.string(), name: z.string(), count: z.number().int() })),
})

const factSchema = z.strictObject({
  /** Left out where its source cannot tell. */
  value: z.union([z.boolean(), z.string()]).optional(),
  isUnknown: z.boolean(),
  source: z.string(),
  at: z.iso.datetime(),
})

export const macSchema = z.strictObject({
  mac: z.string(),
  firstSeenAt: z.iso.datetime(),
  lastSeenAt: z.iso.datetime(),
  isCurrent: z.boolean(),
  isLocallyAdministered: z.boolean(),
})

export const deviceSchema = z.strictObject({
  id: z.string(),
  name: z.string(),
  /** Given by an administrator, in place of what the device says. */
  givenName: z.string().optional(),
  group: z.string(),
  groupName: z.string(),
  state: z.enum(deviceStates),
  stateAt: z.iso.datetime(),
  identifiers: z.record(z.string(), z.string()),
  macs: z.array(macSchema),
  facts: z.record(z.enum(factNames as unknown as [string, ...string[]]), factSchema.optional()),
  /** What each source says, also what another one's word stands before. */
  sources: z.array(
    z.strictObject({
      source: z.string(),
      at: z.iso.datetime(),
      sourceId: z.string().optional(),
      facts: z.record(z.string(), factSchema.omit({ source: true })),
    }),
  ),
  verdict: verdictSchema,
  nextEvaluationAt: z.iso.datetime().optional(),
  enrolledAt: z.iso.datetime(),
  lastReportAt: z.iso.datetime(),
  /** An agent of ours runs on it, takes commands, and last checked in then. */
  agent: z
    .strictObject({ enrolledAt: z.iso.datetime(), lastCheckInAt: z.iso.datetime(), user: z.string().optional() })
    .optional(),
})

export const historySchema = z.strictObject({
  history: z.array(
    z.strictObject({
      number: z.number().int(),
      at: z.iso.datetime(),
      kind: z.string(),
      details: z.record(z.string(), z.union([z.string(), z.number(), z.boolean()])),
    }),
  ),
  nextCursor,
})

const macCounts = z.strictObject({
  platform: z.string(),
  devices: z.number().int(),
  /** Have an address that software made up. */
  withRandom: z.number().int(),
  /** Have no other, so network access control finds them by their id only. */
  onlyRandom: z.number().int(),
  /** Told none at all. */
  withoutMac: z.number().int(),
})

export const randomMacSchema = z.strictObject({
  ...macCounts.omit({ platform: true }).shape,
  platforms: z.array(macCounts),
})

export const catalogueSchema = z.strictObject({
  facts: z.array(z.strictObject({ name: z.string(), kind: z.enum(['boolean', 'text']), says: z.string() })),
  severities: z.array(z.enum(severities)),
  states: z.array(z.enum(deviceStates)),
  columns: z.array(z.string()),
  sorts: z.array(z.string()),
})
