/**
 * A page about the mail of a group, with the way to the others about it.
 *
 * @module
 */
import type { ReactNode } from 'react'
import { PageLink, PageLinks } from '../parts/page-links.tsx'
import { Page } from '../parts/page.tsx'
import { may, useSession } from '../shell/session.ts'
import { SampleOfficeLink } from '../services/sample-office-link.tsx'

export interface MailPageProps {
  readonly group: string
  readonly title?: string
  readonly says?: string
  readonly actions?: ReactNode
  readonly children: ReactNode
}

export function MailPage({ group, title = 'Mail', ...page }: MailPageProps) {
  const params = { group }
  const session = useSession()
  return (
    <Page
      title={title}
      {...page}
      links={
        <PageLinks title="Mail pages">
          <PageLink to="/groups/$group/mail" params={params} activeOptions={{ exact: true }}>
            Outbox
          </PageLink>
          <PageLink to="/groups/$group/mail/service" params={params}>
            Service
          </PageLink>
          <PageLink to="/groups/$group/mail/settings" params={params}>
            Settings
          </PageLink>
          {may(session, 'settings:read') && (
            <PageLink to="/groups/$group/mail/readers" params={params}>
              Who is told
            </PageLink>
          )}
          <PageLink to="/groups/$group/mail/templates" params={params}>
            Templates
          </PageLink>
          <SampleOfficeLink to="/groups/$group/mail/sample-office" group={group} />
        </PageLinks>
      }
    />
  )
}
