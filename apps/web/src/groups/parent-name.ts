/**
 * The group above, as a person calls it.
 *
 * @module
 */
import { useQuery } from '@tanstack/react-query'
import { groupsQuery } from '../api/queries.ts'
import { visible } from '../text/directory-text.ts'

/** `undefined` at the top, and where one does not see the group above. */
export function useParentName(group: string): string | undefined {
  const { data } = useQuery(groupsQuery)
  const parent = data?.find(({ id }) => id === group)?.parent
  const name = data?.find(({ id }) => id === parent)?.name
  return name === undefined ? undefined : visible(name)
}
