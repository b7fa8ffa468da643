/**
 * The cloud connector of a group: whether, by which way and for whom connectors work, the
 * certificates both ends know each other by, and the way in for a new one.
 *
 * @module
 */
import { Stack, Tabs } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { getRouteApi } from '@tanstack/react-router'
import { servicesQuery } from '../api/queries.ts'
import type { Service } from '../api/service-shapes.ts'
import {
  cloudConnectorFields,
  cloudConnectorValues,
  type CloudConnectorFields,
} from '../settings/cloud-connector-fields.ts'
import { Acknowledged } from '../settings/acknowledged.tsx'
import { Answer, Waiting } from '../parts/answer.tsx'
import { Page } from '../parts/page.tsx'
import { Section } from '../parts/section.tsx'
import { SettingsFrame } from '../settings/settings-frame.tsx'
import { settingsPageQuery } from '../settings/settings-query.ts'
import { may, useSession } from '../shell/session.ts'
import { Certificates } from './certificates.tsx'
import { Invitation } from './invitation.tsx'
import { CloudConnectorForm } from '../settings/cloud-connector-form.tsx'

export const route = getRouteApi('/shell/groups/$group')

export function CloudConnectorScene() {
  const { group } = route.useParams()
  const session = useSession()
  const page = useQuery(settingsPageQuery(group, 'cloudConnector'))
  const maySeeServices = may(session, 'services:read')
  const services = useQuery({ ...servicesQuery(group), enabled: maySeeServices })
  return (
    <Page
      title="Cloud connector"
      says="Whether connectors work for this group, by which way they reach the relay, and what may go through them."
    >
      <Tabs key={group} defaultValue="settings" keepMounted={false}>
        <Tabs.List mb="md">
          <Tabs.Tab value="settings">Settings</Tabs.Tab>
          {may(session, 'certificates:read') && <Tabs.Tab value="certificates">Certificates</Tabs.Tab>}
          {may(session, 'enrollment:edit') && <Tabs.Tab value="installer">New connector</Tabs.Tab>}
        </Tabs.List>
        <Tabs.Panel value="settings">
          <Answer of={page}>
            {(data) =>
              maySeeServices && services.isPending ? (
                <Waiting />
              ) : (
                <Stack gap="lg">
                  <SettingsFrame<CloudConnectorFields>
                    group={group}
                    page={data}
                    fieldsOf={(stored) => cloudConnectorFields(stored, namesOf(services.data))}
                    valuesOf={cloudConnectorValues}
                  >
                    {(parts) => <CloudConnectorForm parts={parts} services={services.data ?? []} />}
                  </SettingsFrame>
                  <Acknowledged acknowledged={data.acknowledged} generation={data.generation} />
                </Stack>
              )
            }
          </Answer>
        </Tabs.Panel>
        <Tabs.Panel value="certificates">
          <Certificates group={group} />
        </Tabs.Panel>
        <Tabs.Panel value="installer">
          <Section title="Installer and enrollment codes">
            <Invitation group={group} />
          </Section>
        </Tabs.Panel>
      </Tabs>
    </Page>
  )
}

const namesOf = (services: readonly Service[] | undefined) => services?.map(({ service }) => service) ?? []
