/**
 * The directory service of a group: a test, its servers and figures, and what went wrong.
 *
 * @module
 */
import { Stack } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { getRouteApi } from '@tanstack/react-router'
import { serviceQuery } from '../services/service-query.ts'
import type { Service } from '../api/service-shapes.ts'
import { DirectoryPage } from '../directory/directory-page.tsx'
import { DirectoryStatusView } from '../directory/directory-status.tsx'
import { Answer } from '../parts/answer.tsx'
import { Notice } from '../parts/notice.tsx'
import { Section } from '../parts/section.tsx'
import { RecentFailures } from '../services/recent-failures.tsx'
import { ServiceOff } from '../services/service-off.tsx'
import { ServiceTest } from '../services/service-test.tsx'
import { Acknowledged } from '../settings/acknowledged.tsx'

const route = getRouteApi('/shell/groups/$group')

export function DirectoryScene() {
  const { group } = route.useParams()
  const service = useQuery(serviceQuery(group, 'directory'))
  return (
    <DirectoryPage
      group={group}
      says="Active Directory or another LDAP directory inside your network, reached through the connectors of this group."
    >
      <Answer of={service}>
        {(data) =>
          data.settings === null ? (
            <ServiceOff
              group={group}
              to="/groups/$group/directory/settings"
              says="No directory is set up in this group, nor in one above."
              fix="People cannot sign in with their directory account, and nobody can be looked up."
              label="Set it up"
            />
          ) : (
            <Running key={group} group={group} service={data} />
          )
        }
      </Answer>
    </DirectoryPage>
  )
}

function Running({ group, service }: { readonly group: string; readonly service: Service }) {
  const isUnencrypted = service.settings?.['encryption'] === 'none'
  return (
    <Stack gap="lg">
      {isUnencrypted && (
        <Notice
          about="failed"
          says="This directory is reached without encryption."
          fix="Passwords can be read on the way between connector and directory. Choose LDAPS or StartTLS in the settings."
        />
      )}
      <Acknowledged acknowledged={service.acknowledged} generation={service.generation} />
      <Section title="Test connection">
        <ServiceTest group={group} />
      </Section>
      <DirectoryStatusView group={group} />
      <RecentFailures group={group} service="directory" />
    </Stack>
  )
}
