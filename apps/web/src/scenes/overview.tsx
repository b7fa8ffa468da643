/**
 * Overview: the gate as it is now, what needs attention, and what was asked last.
 *
 * @module
 */
import { Paper, Stack, Title } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { getRouteApi } from '@tanstack/react-router'
import { connectorsQuery, groupsQuery, requestsQuery, servicesQuery, statusQuery } from '../api/queries.ts'
import { GatePicture } from '../gate/gate-picture.tsx'
import { accessAttention } from '../gate/access-attention.ts'
import { AccessPicture } from '../gate/access-picture.tsx'
import { useParentName } from '../groups/parent-name.ts'
import { nacsQuery } from '../nac/queries.ts'
import { may, useSession } from '../shell/session.ts'
import { sourcesQuery } from '../sources/queries.ts'
import { treeOf } from '../groups/tree.ts'
import { Answer, Waiting } from '../parts/answer.tsx'
import { FailureNotice } from '../parts/notice.tsx'
import { Page } from '../parts/page.tsx'
import { RequestTable } from '../parts/request-table.tsx'
import { LinkButton, TextLink } from '../parts/link-button.tsx'
import { visible } from '../text/directory-text.ts'
import { Attention } from '../gate/attention-list.tsx'
import { lastRequests } from '../gate/last-requests.ts'

const route = getRouteApi('/shell/groups/$group')
const shownRequests = 5

export function OverviewScene() {
  const { group } = route.useParams()
  const status = useQuery(statusQuery)
  const connectors = useQuery(connectorsQuery(group))
  const services = useQuery(servicesQuery(group))
  const requests = useQuery(requestsQuery(group, 2 * shownRequests))
  const groups = useQuery(groupsQuery)
  const parent = useParentName(group)
  const session = useSession()
  const nacs = useQuery({ ...nacsQuery, enabled: may(session, 'nac:read') })
  const sources = useQuery({ ...sourcesQuery(group), enabled: may(session, 'sources:read') })
  const path = treeOf(groups.data ?? []).find((one) => one.group.id === group)?.path ?? ''
  const failed = [status, connectors, services].find(({ isError }) => isError)
  return (
    <Page
      title="Overview"
      says={path === '' ? undefined : visible(path)}
      actions={
        connectors.data?.length === 0 &&
        parent === undefined && (
          <LinkButton to="/groups/$group/connect" params={{ group }}>
            Connect your network
          </LinkButton>
        )
      }
    >
      <Stack gap="lg">
        {failed !== undefined && <FailureNotice error={failed.error} />}
        <Paper component="section" aria-label="The gate">
          {status.data !== undefined && connectors.data !== undefined && services.data !== undefined ? (
            <GatePicture status={status.data} connectors={connectors.data} services={services.data} parent={parent} />
          ) : (
            <Waiting />
          )}
        </Paper>
        <section aria-labelledby="attention">
          <Title order={2} mb="sm" id="attention">
            Needs attention
          </Title>
          {status.data !== undefined && connectors.data !== undefined && services.data !== undefined && (
            <Attention
              group={group}
              status={status.data}
              connectors={connectors.data}
              services={services.data}
              isBelow={parent !== undefined}
              more={accessAttention(nacs.data ?? [], sources.data ?? [])}
            />
          )}
        </section>
        <AccessPicture group={group} />
        <Paper component="section" aria-labelledby="recent">
          <Title order={2} mb="sm" id="recent">
            Last requests
          </Title>
          <Answer of={requests}>
            {(rows) => (
              <>
                <RequestTable rows={lastRequests(rows, shownRequests)} isShort />
                {rows.length > 0 && (
                  <TextLink to="/groups/$group/requests" params={{ group }}>
                    All requests
                  </TextLink>
                )}
              </>
            )}
          </Answer>
        </Paper>
      </Stack>
    </Page>
  )
}
