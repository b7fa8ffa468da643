/**
 * Organization groups as the API shows and takes them.
 *
 * @module
 */
import { z } from 'zod'

export const groupId = z.string().regex(/^[0-9a-f]{32}$/, '32 lower-case hex characters')

/** An id, or a name that only one group has. */
export const groupReference = z.string().min(1).max(256)

export const groupParams = z.strictObject({ group: groupReference })

export const groupSchema = z.strictObject({
  id: groupId,
  name: z.string(),
  parent: groupId.optional(),
  createdAt: z.iso.datetime(),
})

export const newGroupSchema = z.strictObject({
  name: z.string().min(1).max(1024),
  parent: groupReference.optional(),
})
