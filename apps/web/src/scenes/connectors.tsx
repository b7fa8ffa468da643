/**
 * Connectors of a group.
 *
 * @module
 */
import { Paper, Text } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { getRouteApi } from '@tanstack/react-router'
import { connectorsQuery } from '../api/queries.ts'
import type { Connector } from '../api/shapes.ts'
import { standingOfConnector, standingOfService } from '../gate/stations.ts'
import { useParentName } from '../groups/parent-name.ts'
import { Answer } from '../parts/answer.tsx'
import { DataTable, type Column } from '../parts/data-table.tsx'
import { LinkButton, TextLink } from '../parts/link-button.tsx'
import { useNow } from '../parts/now.ts'
import { Page } from '../parts/page.tsx'
import { StandingWord } from '../parts/standing-word.tsx'
import { visible } from '../text/directory-text.ts'
import { ago, expiry, took } from '../text/time.ts'

const route = getRouteApi('/shell/groups/$group')

export function ConnectorsScene() {
  const { group } = route.useParams()
  const connectors = useQuery(connectorsQuery(group))
  const now = useNow()
  const parent = useParentName(group)
  const columns: readonly Column<Connector>[] = [
    {
      title: 'Name',
      cell: ({ id, name }) => (
        <TextLink to="/groups/$group/connectors/$connector" params={{ group, connector: id }} isStrong>
          {visible(name)}
        </TextLink>
      ),
    },
    { title: 'State', cell: (row) => <ConnectorState connector={row} /> },
    {
      title: 'Services',
      cell: (connector) =>
        enterpriseServices(connector).length === 0 ? (
          <Text span size="sm" c="dimmed">
            none
          </Text>
        ) : (
          enterpriseServices(connector).map(({ service, state }) => (
            <StandingWord key={service} standing={standingOfService(state)}>{`${service} ${state}`}</StandingWord>
          ))
        ),
    },
    // As long as all have the same share, nobody asks how large it is.
    ...(connectors.data?.some(({ wanted }) => wanted.weight !== 100) === true
      ? [{ title: 'Weight', isNumber: true, cell: ({ wanted }: Connector) => wanted.weight }]
      : []),
    { title: 'In flight', isNumber: true, cell: ({ inFlight }) => inFlight },
    { title: 'Latency', isNumber: true, cell: ({ latencyMs }) => (latencyMs > 0 ? took(latencyMs) : 'not measured') },
    { title: 'Last seen', cell: ({ lastSeen }) => ago(lastSeen, now) },
    { title: 'Version', cell: ({ software }) => versionOf(software) },
    { title: 'Certificate ends', cell: ({ certificate }) => expiry(certificate.notAfter, now) },
  ]
  return (
    <Page
      title="Connectors"
      says="Each runs inside your network and dials out to the relay. All that are live share the work."
      actions={
        <LinkButton to="/groups/$group/invite" params={{ group }}>
          Invite a connector
        </LinkButton>
      }
    >
      <Paper>
        <Answer of={connectors}>
          {(rows) => (
            <DataTable
              caption="Connectors"
              columns={columns}
              rows={rows}
              keyOf={({ id }) => id}
              whenEmpty={
                parent === undefined
                  ? 'No connector belongs to this group. Invite one, and run it on a server that can reach your directory.'
                  : `None of its own: those of ${parent}, or above, serve this group. Invite one only if it shall have its own.`
              }
            />
          )}
        </Answer>
      </Paper>
    </Page>
  )
}

export function ConnectorState({ connector }: { readonly connector: Connector }) {
  const { state, cloneAlarm } = connector
  return (
    <StandingWord standing={standingOfConnector(connector)}>
      {cloneAlarm ? `${state}, clone alarm` : state}
    </StandingWord>
  )
}

/** The connector answers about itself as a service too; that is nothing an administrator turned on. */
export function enterpriseServices({ services }: Connector): Connector['services'] {
  return services.filter(({ service }) => service !== 'instance')
}

export function versionOf(software: string | undefined): string {
  return software?.split('/').at(-1) ?? 'unknown'
}
