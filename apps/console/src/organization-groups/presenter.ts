/**
 * @module
 */
import type { OrganizationGroup } from '@sallygate/store'
import type { z } from 'zod'
import type { groupSchema } from './schema.ts'

export function presentGroup(group: OrganizationGroup): z.infer<typeof groupSchema> {
  const { id, name, parent, createdAt } = group
  return { id, name, ...(parent === undefined ? {} : { parent }), createdAt: createdAt.toISOString() }
}
