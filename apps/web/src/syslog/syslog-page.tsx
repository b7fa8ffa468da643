/**
 * A page about the syslog targets of a group, with the way to the others about them.
 *
 * @module
 */
import type { ReactNode } from 'react'
import { PageLink, PageLinks } from '../parts/page-links.tsx'
import { Page } from '../parts/page.tsx'
import { SampleOfficeLink } from '../services/sample-office-link.tsx'

export interface SyslogPageProps {
  readonly group: string
  readonly title?: string
  readonly says?: string
  readonly actions?: ReactNode
  readonly children: ReactNode
}

export function SyslogPage({ group, title = 'Syslog', ...page }: SyslogPageProps) {
  const params = { group }
  return (
    <Page
      title={title}
      {...page}
      links={
        <PageLinks title="Syslog pages">
          <PageLink to="/groups/$group/syslog" params={params} activeOptions={{ exact: true }}>
            Targets
          </PageLink>
          <PageLink to="/groups/$group/syslog/service" params={params}>
            Service
          </PageLink>
          <SampleOfficeLink to="/groups/$group/syslog/sample-office" group={group} />
        </PageLinks>
      }
    />
  )
}
