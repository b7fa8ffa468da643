/**
 * What is done with the tree: rename, move with a look before, delete.
 *
 * @module
 */
import { differences, type GroupTree } from '@sallygate/domain'
import type { OrganizationGroup } from '@sallygate/store'
import { z } from 'zod'
import { consentSchema, givenFields, type Consent } from '../admins/consent.ts'
import type { Serving } from '../connectors/serving.ts'
import { defineRoute, type Route } from '../http/route.ts'
import { presentFrom, presentValue, type Seen } from '../settings/presenter.ts'
import { fromSchema, pageValueSchema } from '../settings/schema.ts'
import type { SettingsBook } from '../settings/settings-book.ts'
import type { SettingsChanges } from '../settings/settings-changes.ts'
import type { OrganizationGroups } from './organization-groups.ts'
import { placeOf, visibleGroup, visibleGroups } from './policy.ts'
import { presentGroup } from './presenter.ts'
import { groupParams, groupReference, groupSchema } from './schema.ts'

export interface GroupTreeParts {
  readonly groups: OrganizationGroups
  readonly pages: SettingsBook
  readonly serving: Serving
  readonly changes: SettingsChanges
  readonly admins: { readonly consent: Consent }
}

const settingsChangeSchema = z.strictObject({
  group: z.strictObject({ id: z.string(), name: z.string() }),
  page: z.string(),
  field: z.string(),
  before: pageValueSchema.optional(),
  after: pageValueSchema.optional(),
})

const servedBySchema = z.strictObject({
  group: z.strictObject({ id: z.string(), name: z.string() }),
  before: fromSchema,
  after: fromSchema,
})

const moveSchema = z.strictObject({
  group: groupSchema,
  /** False: this is only what would be. */
  isMoved: z.boolean(),
  /** Settings of the group and of everything below it that are others there, or come from elsewhere. */
  settings: z.array(settingsChangeSchema),
  /** Groups whose connectors are those of another group there. */
  servedBy: z.array(servedBySchema),
})

export function groupTreeRoutes(parts: GroupTreeParts): readonly Route[] {
  const { groups, changes } = parts
  return [
    defineRoute({
      method: 'PUT',
      path: '/api/groups/:group',
      policy: 'organization-groups:edit',
      says: 'Renames an organization group.',
      params: groupParams,
      body: z.strictObject({ name: z.string().min(1).max(1024) }),
      result: groupSchema,
      handler: async ({ params, body, actor }) => {
        const { id } = await visibleGroup(groups, params.group, actor)
        return presentGroup(await groups.rename(id, body.name))
      },
    }),
    defineRoute({
      method: 'POST',
      path: '/api/groups/:group/move',
      policy: 'organization-groups:edit',
      says: 'Moves a group with everything below it, or shows with `preview` which settings that would change.',
      params: groupParams,
      body: z.strictObject({
        /** `null`: to the top. */
        to: groupReference.nullable(),
        preview: z.boolean().default(false),
        ...givenFields,
      }),
      result: moveSchema,
      handler: async ({ params, body, actor }) => {
        const group = await visibleGroup(groups, params.group, actor)
        const to = await placeOf(groups, body.to ?? undefined, actor)
        const tree = await groups.tree()
        tree.checkMove(group.id, to)
        const seen = new Map((await visibleGroups(groups, actor)).map(({ id, name }) => [id, name]))
        const effect = await effectOf(parts, tree, tree.moved(group.id, to), group.id, seen)
        if (body.preview) return { group: presentGroup(group), isMoved: false, ...effect }
        await parts.admins.consent.require(actor, body, 'moveGroup', group.id)
        const moved = await groups.move(group.id, to)
        await changes.moved(group.id, [group.parent, to])
        return { group: presentGroup(moved), isMoved: true, ...effect }
      },
    }),
    defineRoute({
      method: 'DELETE',
      path: '/api/groups/:group',
      policy: 'organization-groups:edit',
      says: 'Deletes a group without children and connectors, with its settings, invitations and certificates. Administrators give what its restricted actions ask for.',
      params: groupParams,
      body: consentSchema,
      result: groupSchema,
      handler: async ({ params, body, actor }) => {
        const group = await visibleGroup(groups, params.group, actor)
        await parts.admins.consent.require(actor, body, 'deleteGroup', group.id)
        await groups.remove(group.id)
        await changes.moved(undefined, [group.parent])
        return presentGroup(group)
      },
    }),
  ]
}

async function effectOf(
  { pages, serving }: GroupTreeParts,
  before: GroupTree<OrganizationGroup>,
  after: GroupTree<OrganizationGroup>,
  top: string,
  seen: Seen,
) {
  const settings: z.infer<typeof settingsChangeSchema>[] = []
  const servedBy: z.infer<typeof servedBySchema>[] = []
  for (const { id, name } of before.subtree(top)) {
    const group = { id, name }
    for (const page of pages.names) {
      const changed = differences(await pages.at(before, id, page), await pages.at(after, id, page))
      for (const change of changed) {
        settings.push({
          group,
          page,
          field: change.field,
          ...(change.before && { before: presentValue(change.before, seen) }),
          ...(change.after && { after: presentValue(change.after, seen) }),
        })
      }
    }
    const [then, now] = [serving.nearestIn(before, id), serving.nearestIn(after, id)]
    if (then !== now) servedBy.push({ group, before: presentFrom(then, seen), after: presentFrom(now, seen) })
  }
  return { settings, servedBy }
}
