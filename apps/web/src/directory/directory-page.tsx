/**
 * A page about the directory of a group.
 *
 * @module
 */
import { ServicePage, type Beside, type ServicePageProps } from '../services/service-page.tsx'

const beside: readonly Beside[] = [
  { to: '/groups/$group/directory', label: 'Service' },
  { to: '/groups/$group/directory/look-up', label: 'Look up', right: 'calls:edit' },
  { to: '/groups/$group/directory/settings', label: 'Settings' },
  { to: '/groups/$group/directory/users', label: 'Users', right: 'directory:read' },
  { to: '/groups/$group/directory/groups', label: 'Groups', right: 'directory:read' },
  { to: '/groups/$group/directory/sync', label: 'Sync', right: 'directory:read' },
]

export function DirectoryPage(page: ServicePageProps) {
  return <ServicePage name="Directory" beside={beside} {...page} />
}
