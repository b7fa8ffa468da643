/**
 * Settings pages as the API shows and takes them.
 *
 * @module
 */
import { childPermissions } from '@sallygate/domain'
import { z } from 'zod'
import { givenFields } from '../admins/consent.ts'
import { groupReference } from '../organization-groups/schema.ts'
import { acknowledgementSchema } from '../services/schema.ts'

export const settingsParams = z.strictObject({ group: groupReference, page: z.string().min(1).max(40) })

const childPermission = z.enum(childPermissions)

/** `default`: the page's own. `above`: a group that whoever asks does not see. `installation`: there is only one. */
export const fromSchema = z.union([
  z.strictObject({ group: z.string(), name: z.string() }),
  z.enum(['default', 'above', 'installation']),
])

/** A secret reads `{isSet: true}`, wherever it comes from. */
export const pageValueSchema = z.strictObject({ value: z.unknown(), from: fromSchema })

export const settingsPageSchema = z.strictObject({
  page: z.string(),
  title: z.string(),
  mode: z.enum(['inherit', 'override']),
  /** What the groups above let this one do. */
  permission: childPermission,
  /** What this group lets its children do. */
  childPermission,
  /** A service without settings, or one that was turned off on purpose. */
  isOff: z.boolean(),
  values: z.record(z.string(), pageValueSchema),
  generation: z.number().int(),
  acknowledged: z.array(acknowledgementSchema),
  /** What is true of the page and cannot be seen from its values. */
  notes: z.array(z.string()),
})

export const settingsSummarySchema = settingsPageSchema.omit({ values: true, acknowledged: true, notes: true })

export const settingsPageChangeSchema = z.strictObject({
  /** Without it only `childPermission` changes. An override holds what `values` names; the rest is default. */
  mode: z.enum(['inherit', 'override']).optional(),
  values: z.record(z.string().max(60), z.unknown()).optional(),
  childPermission: childPermission.optional(),
  /** Only for the page of restricted actions, which asks for what it asks for. */
  ...givenFields,
})

export const changedPageSchema = settingsPageSchema.extend({
  /** Secrets that the change has erased: they have to be given again. */
  erased: z.array(z.string()),
})
