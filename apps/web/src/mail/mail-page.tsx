/**
 * A page about the mail of a group.
 *
 * @module
 */
import { SampleOfficeLink } from '../services/sample-office-link.tsx'
import { ServicePage, type Beside, type ServicePageProps } from '../services/service-page.tsx'

const beside: readonly Beside[] = [
  { to: '/groups/$group/mail', label: 'Outbox' },
  { to: '/groups/$group/mail/service', label: 'Service' },
  { to: '/groups/$group/mail/settings', label: 'Settings' },
  { to: '/groups/$group/mail/readers', label: 'Who is told', right: 'settings:read' },
  { to: '/groups/$group/mail/templates', label: 'Templates' },
]

export function MailPage(page: ServicePageProps) {
  const sample = <SampleOfficeLink to="/groups/$group/mail/sample-office" group={page.group} />
  return <ServicePage name="Mail" beside={beside} more={sample} {...page} />
}
