/**
 * What goes between console, nac and administrators.
 *
 * @module
 */
import { z } from 'zod'
import { thumbprintsSchema } from '../connectors/schema.ts'

const count = z.number().int().min(0).max(Number.MAX_SAFE_INTEGER)
const whole = (most: number) =>
  z
    .string()
    .regex(/^\d{1,16}$/, 'a whole number')
    .transform(Number)
    .refine((value) => value <= most, `at most ${most}`)

export const feedQuery = z.strictObject({
  after: whole(Number.MAX_SAFE_INTEGER),
  nonce: z.string().regex(/^[0-9A-Za-z_-]{16,64}$/, '16 to 64 characters of base64url'),
  epoch: z.string().max(64).optional(),
  /** How long the answer may be held back when nothing has changed. */
  waitMs: whole(25_000).default(0),
})

export const signedPageSchema = z.strictObject({ page: z.string(), signature: z.string() })

const nodeShape = {
  account: z.string().max(64),
  source: z.string().max(64),
  firstSeenMs: count,
  lastSeenMs: count,
  lastInfoMs: count.optional(),
  lastPollMs: count.optional(),
  requests: count,
  notFound: count,
  malformed: count,
  slow: count,
  p50Ms: z.number().min(0).optional(),
  p99Ms: z.number().min(0).optional(),
  lastError: z.string().max(200).optional(),
}

const reportShape = {
  version: z.string().max(40),
  upSince: z.iso.datetime(),
  url: z.string().max(2000),
  devices: count,
  nonCompliant: count,
  ageSeconds: z.number().int().min(-1),
  through: count,
  memoryBytes: count,
  waitingActions: count,
}

export const reportSchema = z.strictObject({
  ...reportShape,
  certificate: z.string().max(100_000),
  nodes: z.array(z.strictObject(nodeShape)).max(200),
  alarms: z
    .array(
      z.strictObject({
        kind: z.enum(['enumeration', 'guessing']),
        account: z.string().max(64),
        source: z.string().max(64),
        atMs: count,
      }),
    )
    .max(100),
})

export const nacSchema = z.strictObject({
  id: z.string(),
  name: z.string(),
  heardAt: z.iso.datetime(),
  /** Not heard of for a minute. It may answer all the same. */
  isSilent: z.boolean(),
  ...reportShape,
  certificate: z
    .strictObject({ thumbprints: thumbprintsSchema, notAfter: z.iso.datetime(), daysLeft: z.number().int() })
    .optional(),
  /** Policy nodes: an account at an address. */
  nodes: z.array(z.strictObject({ ...nodeShape, user: z.string() })),
})

export const actionSchema = z.strictObject({
  id: z.string().min(8).max(64),
  action: z.enum(['pin_lock', 'corporate_wipe', 'full_wipe', 'message']),
  device: z.string().min(1).max(64),
  account: z.string().min(1).max(64),
  source: z.string().max(64),
  atMs: count,
  title: z.string().max(500).optional(),
  body: z.string().max(4000).optional(),
})

export const renewalSchema = z.strictObject({
  current: z.string().max(100_000),
  request: z.string().max(8192),
  proof: z.string().max(200),
})

export const factsSchema = z.strictObject({
  /** Where an unregistered device is led; empty for the console's own page. */
  redirectUrl: z.union([z.literal(''), z.url({ protocol: /^https?$/ }).max(2000)]),
  queryMaxSize: z.number().int().min(1).max(20_000),
  serverBusyWaitSeconds: z.number().int().min(0).max(3600),
  messaging: z.boolean(),
  /** Wiping whole devices, by accounts that may. */
  fullWipe: z.boolean(),
  actionsPerMinute: z.number().int().min(0).max(10_000),
  missesPerMinute: z.number().int().min(1).max(1_000_000),
})

export const exportSchema = z.strictObject({
  format: z.literal('sallygate nac console file 1'),
  consoleUrl: z.string(),
  consoleCa: z.string().optional(),
  consoleKey: z.string(),
  credential: z.string(),
})
