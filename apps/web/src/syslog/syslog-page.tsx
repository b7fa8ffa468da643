/**
 * A page about the syslog targets of a group.
 *
 * @module
 */
import { SampleOfficeLink } from '../services/sample-office-link.tsx'
import { ServicePage, type Beside, type ServicePageProps } from '../services/service-page.tsx'

const beside: readonly Beside[] = [
  { to: '/groups/$group/syslog', label: 'Targets' },
  { to: '/groups/$group/syslog/service', label: 'Service' },
]

export function SyslogPage(page: ServicePageProps) {
  const sample = <SampleOfficeLink to="/groups/$group/syslog/sample-office" group={page.group} />
  return <ServicePage name="Syslog" beside={beside} more={sample} {...page} />
}
