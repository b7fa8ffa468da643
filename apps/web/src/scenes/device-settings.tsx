/**
 * Device settings of a group: how long a word counts, whom to believe first, and what may be asked of devices.
 *
 * @module
 */
import { Checkbox, Stack, TagsInput } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { getRouteApi } from '@tanstack/react-router'
import { Answer } from '../parts/answer.tsx'
import { Page } from '../parts/page.tsx'
import { Section } from '../parts/section.tsx'
import { WholeNumber } from '../parts/whole-number.tsx'
import {
  deviceSettingsFields,
  deviceSettingsValues,
  type DeviceSettingsFields,
} from '../settings/device-settings-fields.ts'
import { SettingsFrame, type SettingsParts } from '../settings/settings-frame.tsx'
import { settingsPageQuery } from '../settings/settings-query.ts'
import { SourceOrder } from '../sources/source-order.tsx'

const route = getRouteApi('/shell/groups/$group')

export function DeviceSettingsScene() {
  const { group } = route.useParams()
  const page = useQuery(settingsPageQuery(group, 'devices'))
  return (
    <Page
      title="Device settings"
      says="How long a word counts, whom to believe first, and what may be asked of devices."
    >
      <Answer of={page}>
        {(data) => (
          <SettingsFrame<DeviceSettingsFields>
            key={group}
            group={group}
            page={data}
            fieldsOf={deviceSettingsFields}
            valuesOf={deviceSettingsValues}
            saved="Saved. Devices are evaluated again now."
          >
            {(parts) => <Fields parts={parts} group={group} />}
          </SettingsFrame>
        )}
      </Answer>
    </Page>
  )
}

function Fields({ parts, group }: { readonly parts: SettingsParts<DeviceSettingsFields>; readonly group: string }) {
  const { form, label, isEditable } = parts
  const number = (field: keyof DeviceSettingsFields, min: number, max: number) => ({
    min,
    max,
    className: 'short-field',
    ...form.getInputProps(field),
  })
  return (
    <Stack gap="lg">
      <Section title="Time">
        <Stack gap="md">
          <WholeNumber
            label={label('A silent device stops being compliant after, in hours', 'staleAfterHours')}
            description="What it said is unknown then. 0: never."
            {...number('staleAfterHours', 0, 8760)}
          />
          <WholeNumber
            label={label('Grace of a fresh enrollment, in hours', 'graceHours')}
            description="For so long, what nobody can tell yet fails no rule."
            {...number('graceHours', 0, 720)}
          />
          <WholeNumber
            label={label('Agents check in every, in minutes', 'checkInMinutes')}
            {...number('checkInMinutes', 1, 1440)}
          />
        </Stack>
      </Section>
      <Section title="Whom to believe">
        <Stack gap="md">
          <SourceOrder
            group={group}
            label={label('In this order', 'sourceOrder')}
            value={form.values.sourceOrder}
            isEditable={isEditable}
            onChange={(order) => form.setFieldValue('sourceOrder', [...order])}
          />
          <WholeNumber
            label={label('A word gives way to a fresher one after, in hours', 'freshForHours')}
            description="A preferred source gives way to another when what it said is older."
            {...number('freshForHours', 1, 8760)}
          />
        </Stack>
      </Section>
      <Section title="Addresses">
        <Stack gap="md">
          <WholeNumber
            label={label('A former address still finds a device for, in days', 'macMemoryDays')}
            description="An adapter that is not plugged in now."
            {...number('macMemoryDays', 0, 365)}
          />
          <TagsInput
            label={label('Addresses that name no device', 'ignoredMacs')}
            description="Docks and adapters that many people share."
            maxTags={2000}
            {...form.getInputProps('ignoredMacs')}
          />
        </Stack>
      </Section>
      <Section title="Wipes">
        <Checkbox
          label={label('Full wipes are allowed', 'allowFullWipe')}
          description="Everything on the device, data of its user included. Enterprise wipes are always possible."
          {...form.getInputProps('allowFullWipe', { type: 'checkbox' })}
        />
      </Section>
    </Stack>
  )
}
