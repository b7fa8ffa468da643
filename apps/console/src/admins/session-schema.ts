/**
 * Sessions and the setup, as the API shows and takes them.
 *
 * @module
 */
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

export const setupSchema = z.strictObject({
  /** From the file `setup-code` in the home of the console. */
  code: z.string().max(64),
  name: userName,
  password: newPassword,
})
