/**
 * Which devices an actor can see: those of the groups it sees. One of another group is answered like one that is not there.
 *
 * @module
 */
import type { DeviceFilter, Store, StoredDevice } from '@sallygate/store'
import type { z } from 'zod'
import { isInstallationWide, type Actor } from '../http/policy.ts'
import type { OrganizationGroups } from '../organization-groups/organization-groups.ts'
import { visibleGroup, visibleGroups } from '../organization-groups/policy.ts'
import { deviceFailure } from './failures.ts'
import type { facetQuery } from './schema.ts'

/** By id. @throws DEVICE_NOT_FOUND. */
export async function visibleDevice(
  parts: { readonly store: Pick<Store, 'devices'>; readonly groups: OrganizationGroups },
  id: string,
  actor: Actor,
): Promise<StoredDevice> {
  const device = /^[0-9a-f-]{36}$/.test(id) ? await parts.store.devices.find(id) : undefined
  if (device === undefined || device.state === 'deleted') throw deviceFailure('NOT_FOUND')
  if (isInstallationWide(actor)) return device
  const seen = await visibleGroups(parts.groups, actor)
  if (!seen.some((group) => group.id === device.group)) throw deviceFailure('NOT_FOUND')
  return device
}

/** The filter that was asked for, never wider than what the actor sees. @throws CONSOLE_NOT_FOUND for a group it does not see. */
export async function filterOf(
  groups: OrganizationGroups,
  query: z.output<typeof facetQuery>,
  actor: Actor,
  nowMs: number,
): Promise<DeviceFilter> {
  const { group, below = true, state, compliant, platform, ownership, source, failing, randomMac, silentHours } = query
  return {
    groups: await groupsOf(groups, group, below, actor),
    states: state as DeviceFilter['states'],
    compliant,
    platforms: platform,
    ownership,
    source,
    failing,
    hasRandomMac: randomMac,
    silentSinceMs: silentHours === undefined ? undefined : nowMs - silentHours * 3_600_000,
    search: query.search,
  }
}

async function groupsOf(
  groups: OrganizationGroups,
  reference: string | undefined,
  below: boolean,
  actor: Actor,
): Promise<readonly string[] | undefined> {
  if (reference === undefined)
    return isInstallationWide(actor) ? undefined : (await visibleGroups(groups, actor)).map(({ id }) => id)
  const { id } = await visibleGroup(groups, reference, actor)
  return below ? (await groups.tree()).subtree(id).map((group) => group.id) : [id]
}
