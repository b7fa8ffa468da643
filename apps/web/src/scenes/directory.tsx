/**
 * The directory service of a group: settings, who runs on them, a test, and a look into it.
 *
 * @module
 */
import { Paper, Stack, Tabs, Text, Title } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { getRouteApi } from '@tanstack/react-router'
import { directoryQuery } from '../api/queries.ts'
import type { Service } from '../api/shapes.ts'
import { standingOfService } from '../gate/gate.ts'
import { Answer } from '../parts/answer.tsx'
import { DataTable } from '../parts/data-table.tsx'
import { Notice } from '../parts/notice.tsx'
import { Page } from '../parts/page.tsx'
import { StandingWord } from '../parts/standing-word.tsx'
import { may, useSession } from '../shell/session.ts'
import { visible } from '../text/directory-text.ts'
import { DirectoryForm } from './directory-form.tsx'
import { DirectorySearchBox } from './directory-search.tsx'
import { ServiceTest } from './service-test.tsx'

const route = getRouteApi('/shell/groups/$group')

export function DirectoryScene() {
  const { group } = route.useParams()
  const service = useQuery(directoryQuery(group))
  return (
    <Page
      title="Directory"
      says="Active Directory or another LDAP directory inside your network, reached through the connectors of this group."
    >
      <Answer of={service}>{(data) => <Tabbed key={group} group={group} service={data} />}</Answer>
    </Page>
  )
}

function Tabbed({ group, service }: { readonly group: string; readonly service: Service }) {
  const session = useSession()
  const isOn = service.settings !== null
  const isUnencrypted = service.settings?.['encryption'] === 'none'
  const mayCall = isOn && may(session, 'calls:edit')
  return (
    <Stack gap="md">
      {isUnencrypted && (
        <Notice
          about="failed"
          says="This directory is reached without encryption."
          fix="Passwords can be read on the way between connector and directory. Choose LDAPS or StartTLS below."
        />
      )}
      <Tabs defaultValue={isOn ? 'test' : 'settings'} keepMounted={false}>
        <Tabs.List mb="md">
          {mayCall && <Tabs.Tab value="test">Test</Tabs.Tab>}
          {mayCall && <Tabs.Tab value="search">Search</Tabs.Tab>}
          <Tabs.Tab value="settings">Settings</Tabs.Tab>
        </Tabs.List>
        <Tabs.Panel value="test">
          <Stack gap="lg">
            <Acknowledged service={service} />
            <Paper component="section" aria-labelledby="test">
              <Title order={2} mb="sm" id="test">
                Test connection
              </Title>
              <ServiceTest group={group} />
            </Paper>
          </Stack>
        </Tabs.Panel>
        <Tabs.Panel value="search">
          <Paper>
            <DirectorySearchBox group={group} />
          </Paper>
        </Tabs.Panel>
        <Tabs.Panel value="settings">
          <Paper>
            {!isOn && (
              <Text size="sm" c="dimmed" mb="md">
                The service is off. Saving these settings turns it on, on every connector of the group.
              </Text>
            )}
            {may(session, 'services:edit') ? (
              <DirectoryForm group={group} service={service} />
            ) : (
              <Text size="sm">You may see this service, and not change its settings.</Text>
            )}
          </Paper>
        </Tabs.Panel>
      </Tabs>
    </Stack>
  )
}

function Acknowledged({ service }: { readonly service: Service }) {
  return (
    <Paper component="section" aria-labelledby="acknowledged">
      <Title order={2} mb="sm" id="acknowledged">
        Connectors on these settings
      </Title>
      <DataTable
        caption="Acknowledgements"
        rows={service.acknowledged}
        keyOf={({ connectorId }) => connectorId}
        whenEmpty="No connector has taken these settings yet. They reach each as soon as it is attached."
        columns={[
          { title: 'Connector', cell: ({ connector }) => visible(connector) },
          {
            title: 'State',
            cell: ({ state }) => <StandingWord standing={standingOfService(state)}>{state}</StandingWord>,
          },
          {
            title: 'Settings',
            cell: ({ generation }) =>
              generation === service.generation
                ? `generation ${generation}, the newest`
                : `generation ${generation}; ${service.generation} is on its way`,
          },
          {
            title: 'What it says',
            cell: ({ failure }) => (failure === undefined ? 'nothing to report' : `${failure.says} ${failure.fix}`),
          },
        ]}
      />
    </Paper>
  )
}
