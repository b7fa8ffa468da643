/**
 * A page about the directory of a group, with the way to the others about it.
 *
 * @module
 */
import type { ReactNode } from 'react'
import { PageLink, PageLinks } from '../parts/page-links.tsx'
import { Page } from '../parts/page.tsx'
import { may, useSession } from '../shell/session.ts'

export interface DirectoryPageProps {
  readonly group: string
  readonly title?: string
  readonly says?: string
  readonly actions?: ReactNode
  readonly children: ReactNode
}

export function DirectoryPage({ group, title = 'Directory', ...page }: DirectoryPageProps) {
  return <Page title={title} {...page} links={<DirectoryLinks group={group} />} />
}

function DirectoryLinks({ group }: { readonly group: string }) {
  const session = useSession()
  const params = { group }
  return (
    <PageLinks title="Directory pages">
      <PageLink to="/groups/$group/directory" params={params} activeOptions={{ exact: true }}>
        Service
      </PageLink>
      {may(session, 'calls:edit') && (
        <PageLink to="/groups/$group/directory/look-up" params={params}>
          Look up
        </PageLink>
      )}
      <PageLink to="/groups/$group/directory/settings" params={params}>
        Settings
      </PageLink>
      {may(session, 'directory:read') && (
        <>
          <PageLink to="/groups/$group/directory/users" params={params}>
            Users
          </PageLink>
          <PageLink to="/groups/$group/directory/groups" params={params}>
            Groups
          </PageLink>
          <PageLink to="/groups/$group/directory/sync" params={params}>
            Sync
          </PageLink>
        </>
      )}
    </PageLinks>
  )
}
