/**
 * Every page about a group: the page itself, or that there is no such group.
 *
 * @module
 */
import { useQuery } from '@tanstack/react-query'
import { Outlet, useParams } from '@tanstack/react-router'
import { groupsQuery } from '../api/queries.ts'
import { TextLink } from '../parts/link-button.tsx'
import { Notice } from '../parts/notice.tsx'
import { Page } from '../parts/page.tsx'

export function GroupPage() {
  const { group } = useParams({ strict: false })
  const groups = useQuery(groupsQuery)
  // Programs link to groups by name as well. Without a list to look it up in, the page speaks for itself.
  if (groups.data?.some(({ id, name }) => id === group || name === group) !== false || groups.isFetching) {
    return <Outlet />
  }
  return (
    <Page title="No such group">
      <Notice
        about="warning"
        says="There is no such group, or you may not see it."
        fix="It may have been deleted. Choose another one at the top of the menu."
      >
        <TextLink to="/groups">All groups</TextLink>
      </Notice>
    </Page>
  )
}
