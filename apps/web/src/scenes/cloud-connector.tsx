/**
 * The cloud connector of a group: whether, by which way and for whom connectors work, the
 * certificates both ends know each other by, and the way in for a new one.
 *
 * @module
 */
import { Stack, Switch, Tabs, Text } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { getRouteApi } from '@tanstack/react-router'
import { servicesQuery } from '../api/queries.ts'
import type { Service } from '../api/service-shapes.ts'
import {
  cloudConnectorFields,
  cloudConnectorValues,
  componentNames,
  type CloudConnectorFields,
} from '../settings/cloud-connector-fields.ts'
import { Acknowledged } from '../settings/acknowledged.tsx'
import { Answer, Waiting } from '../parts/answer.tsx'
import { Notice } from '../parts/notice.tsx'
import { Page } from '../parts/page.tsx'
import { Section } from '../parts/section.tsx'
import { SettingsFrame, type SettingsParts } from '../settings/settings-frame.tsx'
import { settingsPageQuery } from '../settings/settings-query.ts'
import { may, useSession } from '../shell/session.ts'
import { Certificates } from './certificates.tsx'
import { Invitation } from './invitation.tsx'
import { RelayUrl, ServiceRoute } from '../settings/service-route.tsx'

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
                    {(parts) => <Fields parts={parts} services={services.data ?? []} />}
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

interface FieldsProps {
  readonly parts: SettingsParts<CloudConnectorFields>
  readonly services: readonly Service[]
}

function Fields({ parts, services }: FieldsProps) {
  const { form, label, isEditable } = parts
  const { isEnabled, services: routed } = form.values
  return (
    <Stack gap="lg">
      <Section title="General">
        <Stack gap="md">
          <Switch
            label={label('Use the cloud connector', 'isEnabled')}
            description="Off: nothing of this group goes through a connector. They stay enrolled."
            {...form.getInputProps('isEnabled', { type: 'checkbox' })}
          />
          {!isEnabled && (
            <Notice
              about="warning"
              says="The cloud connector is off."
              fix="The directory and every other enterprise service of this group is not reached as long as it is."
            />
          )}
          <Switch
            label={label('Update connectors by themselves', 'autoUpdate')}
            description="Stored, and without effect for now: nothing updates connectors yet."
            {...form.getInputProps('autoUpdate', { type: 'checkbox' })}
          />
        </Stack>
      </Section>
      <Section title="Advanced: way to the relay">
        <RelayUrl form={form} label={label('Connectors dial', 'relayUrlChoice')} isEditable={isEditable} />
      </Section>
      <Section
        title="Advanced: enterprise services"
        says="Connectors: those inside your network. Direct: one that stands beside the console. Off: refused here and at the connector."
      >
        <Stack gap="sm">
          <Text size="sm">{label('Each goes', 'services')}</Text>
          {Object.keys(routed).map((name) => (
            <ServiceRoute
              key={name}
              title={services.find(({ service }) => service === name)?.title ?? name}
              value={routed[name] ?? 'connectors'}
              isEditable={isEditable}
              onChange={(chosen) => form.setFieldValue('services', { ...routed, [name]: chosen })}
            />
          ))}
        </Stack>
      </Section>
      <Section
        title="Advanced: who may use connectors"
        says="Parts of the management plane. One that is off is refused here and at the connector."
      >
        <Stack gap="md">
          <Text size="sm">{label('These may', 'components')}</Text>
          {componentNames.map(([name, title, says]) => (
            <Switch
              key={name}
              label={title}
              description={says}
              {...form.getInputProps(`components.${name}`, { type: 'checkbox' })}
            />
          ))}
        </Stack>
      </Section>
    </Stack>
  )
}
