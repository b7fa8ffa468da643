/**
 * @module
 */
import { holdsFor } from '@sallygate/domain'
import type { PolicyContent, StoredPolicy } from '@sallygate/store'
import { z } from 'zod'
import type { Actor } from '../http/policy.ts'
import { defineRoute, type Route } from '../http/route.ts'
import type { OrganizationGroups } from '../organization-groups/organization-groups.ts'
import { visibleGroup, visibleGroups } from '../organization-groups/policy.ts'
import { groupParams, groupReference } from '../organization-groups/schema.ts'
import { policyFailure } from '../devices/failures.ts'
import type { PolicyBook } from './policy-book.ts'
import { newPolicySchema, policySchema, previewSchema } from './schema.ts'

export interface PolicyRouteParts {
  readonly groups: OrganizationGroups
  readonly devices: { readonly policies: PolicyBook }
}

const policyParams = z.strictObject({ group: groupReference, policy: z.string().min(1).max(256) })

export function policyRoutes(parts: PolicyRouteParts): readonly Route[] {
  const { groups } = parts
  const book = () => parts.devices.policies
  return [
    defineRoute({
      method: 'GET',
      path: '/api/groups/:group/policies',
      policy: 'policies:read',
      says: 'Lists the compliance policies of a group and those of the groups above that the caller sees; `holds` says which of them hold here.',
      params: groupParams,
      pages: { of: 'policies', by: ['name', 'id'] },
      result: z.strictObject({ policies: z.array(policySchema) }),
      handler: async ({ params, actor }) => {
        const { id } = await visibleGroup(groups, params.group, actor)
        const path = await pathOf(groups, id)
        const seen = new Set((await visibleGroups(groups, actor)).map((group) => group.id))
        const found = await book().list(path)
        return { policies: found.filter(({ group }) => seen.has(group)).map((policy) => present(policy, path)) }
      },
    }),
    defineRoute({
      method: 'POST',
      path: '/api/groups/:group/policies',
      policy: 'policies:edit',
      says: 'Makes a compliance policy of a group. It holds for its devices and those of all groups below, unless other groups are named.',
      params: groupParams,
      body: newPolicySchema,
      result: policySchema,
      status: 201,
      handler: async ({ params, body, actor }) => {
        const { id } = await visibleGroup(groups, params.group, actor)
        const made = await book().add(id, await contentOf(groups, id, body, actor))
        return present(made, await pathOf(groups, id))
      },
    }),
    defineRoute({
      method: 'POST',
      path: '/api/groups/:group/policies/preview',
      policy: 'policies:edit',
      says: 'Says which devices would lose or gain compliance if a policy were so. With `replaces`, in place of the one of that id. At most 20,000 devices are looked at.',
      params: groupParams,
      body: z.strictObject({ policy: newPolicySchema, replaces: z.string().min(1).max(256).optional() }),
      result: previewSchema,
      changes: false,
      handler: async ({ params, body, actor, signal }) => {
        const { id: group } = await visibleGroup(groups, params.group, actor)
        const replaced = body.replaces === undefined ? '' : (await book().find(group, body.replaces)).id
        const content = await contentOf(groups, group, body.policy, actor)
        const { losing, gaining, ...counts } = await book().preview({ ...content, id: replaced, group }, signal)
        return { ...counts, losing: losing.map(copied), gaining: gaining.map(copied) }
      },
    }),
    defineRoute({
      method: 'GET',
      path: '/api/groups/:group/policies/:policy',
      policy: 'policies:read',
      says: 'Shows a compliance policy of a group, by id or name.',
      params: policyParams,
      result: policySchema,
      handler: async ({ params, actor }) => {
        const { id } = await visibleGroup(groups, params.group, actor)
        return present(await book().find(id, params.policy), await pathOf(groups, id))
      },
    }),
    defineRoute({
      method: 'PUT',
      path: '/api/groups/:group/policies/:policy',
      policy: 'policies:edit',
      says: 'Changes a compliance policy as a whole. Devices for which it holds are evaluated again at once.',
      params: policyParams,
      body: newPolicySchema,
      result: policySchema,
      handler: async ({ params, body, actor }) => {
        const { id } = await visibleGroup(groups, params.group, actor)
        const before = await book().find(id, params.policy)
        const changed = await book().change(before.id, await contentOf(groups, id, body, actor))
        return present(changed, await pathOf(groups, id))
      },
    }),
    defineRoute({
      method: 'DELETE',
      path: '/api/groups/:group/policies/:policy',
      policy: 'policies:edit',
      says: 'Removes a compliance policy of a group. What only it kept off the network is let in.',
      params: policyParams,
      result: z.strictObject({}),
      handler: async ({ params, actor }) => {
        const { id } = await visibleGroup(groups, params.group, actor)
        await book().remove((await book().find(id, params.policy)).id)
        return {}
      },
    }),
  ]
}

const copied = ({ id, name, failing }: { id: string; name: string; failing: readonly string[] }) => {
  return { id, name, failing: [...failing] }
}

async function pathOf(groups: OrganizationGroups, id: string): Promise<readonly string[]> {
  return (await groups.tree()).path(id).map((group) => group.id)
}

/** Groups by id or name; only those at or below the policy's own. */
async function contentOf(
  groups: OrganizationGroups,
  group: string,
  body: z.output<typeof newPolicySchema>,
  actor: Actor,
): Promise<PolicyContent> {
  const tree = await groups.tree()
  const read = async (references: readonly string[]) => {
    const ids: string[] = []
    for (const reference of references) {
      const { id } = await visibleGroup(groups, reference, actor)
      if (!tree.isWithin(id, group)) throw policyFailure('GROUP_OUTSIDE', { details: { group: id } })
      ids.push(id)
    }
    return ids
  }
  return { ...body, assigned: await read(body.assigned), excluded: await read(body.excluded) }
}

function present(policy: StoredPolicy, path: readonly string[]): z.infer<typeof policySchema> {
  const { changedAt, rules, platforms, assigned, excluded, ...rest } = policy
  return {
    ...rest,
    rules: rules.map((rule) => ({ ...rule })) as z.infer<typeof policySchema>['rules'],
    platforms: [...platforms],
    assigned: [...assigned],
    excluded: [...excluded],
    changedAt: changedAt.toISOString(),
    isInherited: policy.group !== path.at(-1),
    holds: holdsFor(policy, path),
  }
}
