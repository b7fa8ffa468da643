/**
 * Accounts and roles, as the API shows and takes them.
 *
 * @module
 */
import { z } from 'zod'
import { rights } from '../http/policy.ts'
import { groupReference } from '../organization-groups/schema.ts'
import { newPassword, userName } from './session-schema.ts'

export const adminParams = z.strictObject({ admin: z.string().min(1).max(1024) })
export const roleParams = z.strictObject({ role: z.string().min(1).max(1024) })
export const adminRoleParams = z.strictObject({ ...adminParams.shape, ...roleParams.shape })

const right = z.enum(rights as [string, ...string[]])
const when = z.iso.datetime()

export const roleSchema = z.strictObject({
  id: z.string(),
  name: z.string(),
  says: z.string(),
  isBuiltIn: z.boolean(),
  group: z.string().optional(),
  resources: z.array(z.string()),
})

export const roleChangeSchema = z.strictObject({ resources: z.array(right).min(1).max(200) })

export const newRoleSchema = z.strictObject({
  name: z.string().min(1).max(1024),
  /** Who sees this group may use the role in it and below; left out, everywhere. */
  group: groupReference.optional(),
  ...roleChangeSchema.shape,
})

export const adminSchema = z.strictObject({
  id: z.string(),
  name: z.string(),
  kind: z.enum(['local', 'directory']),
  group: z.string().optional(),
  createdAt: when,
  isDisabled: z.boolean(),
  expiresAt: when.optional(),
  hasTotp: z.boolean(),
  hasPin: z.boolean(),
  roles: z.array(z.strictObject({ role: z.string(), group: z.string().optional() })),
})

export const newAdminSchema = z.strictObject({
  name: userName,
  kind: z.enum(['local', 'directory']).default('local'),
  /** For a local account. */
  password: newPassword.optional(),
  /** Where the account belongs, and where its role counts. */
  group: groupReference.optional(),
  role: z.string().min(1).max(1024),
  expiresAt: when.optional(),
})

export const adminChangeSchema = z.strictObject({
  isDisabled: z.boolean().optional(),
  /** `null`: never. */
  expiresAt: when.nullable().optional(),
})

export const adminResetSchema = z.strictObject({
  password: newPassword.optional(),
  clearTotp: z.boolean().default(false),
  clearPin: z.boolean().default(false),
})

export const assignmentSchema = z.strictObject({ role: z.string().min(1).max(1024), group: groupReference.optional() })

export const withdrawQuery = z.strictObject({ group: groupReference.optional() })
