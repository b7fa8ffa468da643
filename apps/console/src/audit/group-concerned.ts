/**
 * Which group a change concerns: the one its address names, or that of the thing it names.
 *
 * Whoever may see a group's audit sees what was done to its devices and to the accounts
 * of nac that look at it, although their addresses name no group.
 *
 * @module
 */
import type { NacAccount } from '@sallygate/domain'
import type { Store } from '@sallygate/store'
import { userKey } from '../nac/accounts.ts'

/** @param params of the row of the route table, as they were asked with. */
export type GroupConcerned = (params: unknown) => Promise<string | undefined>

export interface GroupConcernedParts {
  readonly store: Pick<Store, 'devices' | 'nacFeed'>
  readonly groups: { find(reference: string): Promise<{ readonly id: string }> }
}

/** By id or user, as its routes take it. */
function ofAccount(
  accounts: readonly { readonly id: string; readonly value?: NacAccount }[],
  reference: string,
): string | undefined {
  const key = userKey(reference)
  return accounts.find(({ id, value }) => id === reference || userKey(value?.user ?? '') === key)?.value?.group
}

export function groupConcerned({ store, groups }: GroupConcernedParts): GroupConcerned {
  return async (params) => {
    const { group, device, account } = params as Readonly<Record<string, unknown>>
    if (typeof group === 'string') return (await groups.find(group).catch(() => undefined))?.id
    if (typeof device === 'string') return (await store.devices.find(device))?.group
    if (typeof account === 'string') return ofAccount(await store.nacFeed.list('account'), account)
    return undefined
  }
}
