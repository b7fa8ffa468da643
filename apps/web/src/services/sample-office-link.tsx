/**
 * The way to what the simulated sample office received, where there is one.
 *
 * @module
 */
import { useQuery } from '@tanstack/react-query'
import { statusQuery } from '../api/queries.ts'
import { PageLink } from '../parts/page-links.tsx'
import { may, useSession } from '../shell/session.ts'

export interface SampleOfficeLinkProps {
  readonly to: '/groups/$group/mail/sample-office' | '/groups/$group/syslog/sample-office'
  readonly group: string
}

export function SampleOfficeLink({ to, group }: SampleOfficeLinkProps) {
  const session = useSession()
  const status = useQuery({ ...statusQuery, enabled: may(session, 'status:read'), refetchInterval: false })
  if (status.data?.hasSampleOffice !== true) return null
  return (
    <PageLink to={to} params={{ group }}>
      Sample office
    </PageLink>
  )
}
