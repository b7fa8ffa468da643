/**
 * A page about an enterprise service of a group, with the way to the others about it.
 *
 * @module
 */
import type { ReactNode } from 'react'
import { PageLink, PageLinks } from '../parts/page-links.tsx'
import { Page } from '../parts/page.tsx'
import { may, useSession, type Right } from '../shell/session.ts'

/** What a page of any service says of itself. */
export interface ServicePageProps {
  readonly group: string
  /** Of a page about one thing; the others are called as the service. */
  readonly title?: string
  readonly says?: string
  readonly actions?: ReactNode
  readonly children: ReactNode
}

/** A page beside the others; whoever has no right to it is not led there. */
export interface Beside {
  readonly to:
    | '/groups/$group/directory'
    | '/groups/$group/directory/look-up'
    | '/groups/$group/directory/settings'
    | '/groups/$group/directory/users'
    | '/groups/$group/directory/groups'
    | '/groups/$group/directory/sync'
    | '/groups/$group/mail'
    | '/groups/$group/mail/service'
    | '/groups/$group/mail/settings'
    | '/groups/$group/mail/readers'
    | '/groups/$group/mail/templates'
    | '/groups/$group/syslog'
    | '/groups/$group/syslog/service'
  readonly label: string
  readonly right?: Right
}

export interface ServicePagesProps extends ServicePageProps {
  readonly name: string
  /** The first is the one the service begins with. */
  readonly beside: readonly Beside[]
  /** Links that are there only sometimes. */
  readonly more?: ReactNode
}

export function ServicePage({ group, name, title = name, beside, more, ...page }: ServicePagesProps) {
  const session = useSession()
  return (
    <Page
      title={title}
      {...page}
      links={
        <PageLinks title={`${name} pages`}>
          {beside
            .filter(({ right }) => right === undefined || may(session, right))
            .map(({ to, label }, index) => (
              <PageLink key={to} to={to} params={{ group }} activeOptions={{ exact: index === 0 }}>
                {label}
              </PageLink>
            ))}
          {more}
        </PageLinks>
      }
    />
  )
}
