/**
 * The fields of the cloud connector: whether it is used, by which way, for which services, and for whom.
 *
 * @module
 */
import { Stack, Switch, Text } from '@mantine/core'
import type { Service } from '../api/service-shapes.ts'
import { Notice } from '../parts/notice.tsx'
import { Section } from '../parts/section.tsx'
import { componentNames, type CloudConnectorFields } from './cloud-connector-fields.ts'
import { RelayUrl, ServiceRoute } from './service-route.tsx'
import type { SettingsParts } from './settings-frame.tsx'

export interface CloudConnectorFormProps {
  readonly parts: SettingsParts<CloudConnectorFields>
  readonly services: readonly Service[]
}

export function CloudConnectorForm({ parts, services }: CloudConnectorFormProps) {
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
