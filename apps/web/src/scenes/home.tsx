/**
 * The start: the overview of the first group, or how to make one.
 *
 * @module
 */
import { useQuery } from '@tanstack/react-query'
import { Redirect } from '../parts/redirect.tsx'
import { groupsQuery } from '../api/queries.ts'
import { treeOf } from '../groups/tree.ts'
import { Answer } from '../parts/answer.tsx'

export function HomeScene() {
  const groups = useQuery(groupsQuery)
  return (
    <Answer of={groups}>
      {(all) => {
        const first = treeOf(all).at(0)
        if (first === undefined) return <Redirect to="/groups" />
        return <Redirect to="/groups/$group/overview" params={{ group: first.group.id }} />
      }}
    </Answer>
  )
}
