/**
 * Sessions and the setup, as the API shows and takes them.
 *
 * @module
 */
import type { ListedSession } from '@sallygate/store'
import { z } from 'zod'

/** Bounded here so that nobody hashes a megabyte; what else a name must be, the store knows. */
export const userName = z.string().min(1).max(1024)
export const anyPassword = z.string().min(1).max(1024)
export const newPassword = z.string().min(12, 'at least 12 characters').max(1024)

export const signInSchema = z.strictObject({
  user: userName,
  password: anyPassword,
  totp: z.string().max(64).optional(),
})

export const sessionSchema = z.strictObject({
  admin: z.strictObject({ id: z.string(), name: z.string(), kind: z.enum(['local', 'directory', 'apiKey']) }),
  /** Root of what the caller sees; left out where that is the whole installation. */
  group: z.string().optional(),
  /** `noun:read` and `noun:edit`, in any group. */
  resources: z.array(z.string()),
  grants: z.array(z.strictObject({ group: z.string().optional(), resources: z.array(z.string()) })),
  /** What the account has turned on, of an administrator. */
  hasTotp: z.boolean().optional(),
  hasPin: z.boolean().optional(),
  /** When the account itself ends. */
  accountExpiresAt: z.iso.datetime().optional(),
  /** Left out where it is no session: an API key, or Basic. */
  expiresAt: z.iso.datetime().optional(),
})

const when = z.iso.datetime()

export const listedSessionSchema = z.strictObject({
  /** For ending this one. */
  id: z.string(),
  /** As far as it said what it is, such as `Firefox on Linux`. */
  browser: z.string().optional(),
  /** Of the address somebody signed in from; the address itself is in the audit. */
  addressFamily: z.enum(['IPv4', 'IPv6']).optional(),
  startedAt: when,
  lastSeenAt: when,
  expiresAt: when,
  /** The one that asks. */
  isThis: z.boolean(),
})

export const sessionIdSchema = z.string().regex(/^[0-9a-f]{32}$/, '32 lower-case hex characters')

export function presentSession(session: ListedSession): z.infer<typeof listedSessionSchema> {
  const { id, browser, addressFamily, createdAt, lastSeenAt, expiresAt, isThis } = session
  return {
    id,
    ...(browser === undefined ? {} : { browser }),
    ...(addressFamily === undefined ? {} : { addressFamily }),
    startedAt: createdAt.toISOString(),
    lastSeenAt: lastSeenAt.toISOString(),
    expiresAt: expiresAt.toISOString(),
    isThis,
  }
}

export const setupSchema = z.strictObject({
  /** From the file `setup-code` in the home of the console. */
  code: z.string().max(64),
  name: userName,
  password: newPassword,
})
