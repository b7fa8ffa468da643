/**
 * The settings of the directory service, in the order one sets a directory up.
 *
 * @module
 */
import { Select, Stack } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import type { Service } from '../api/service-shapes.ts'
import { Answer } from '../parts/answer.tsx'
import { ServiceForm } from '../services/service-form.tsx'
import { hasSecret, storedOf, withoutMarks, type StoredSettings } from '../services/service-settings.ts'
import type { SettingsParts } from '../settings/settings-frame.tsx'
import { AttributeFields } from './attribute-fields.tsx'
import { BaseFields } from './base-fields.tsx'
import { BindFields } from './bind-fields.tsx'
import type { DirectoryFields } from './directory-fields.ts'
import { directoryTypesQuery, typeNames, type TypeDefaults } from './directory-types.ts'
import { settingsOf } from './directory-settings.ts'
import { LimitFields } from './limit-fields.tsx'
import { MappingPreview } from './mapping-preview.tsx'
import { MembershipFields } from './membership-fields.tsx'
import { ObjectFields } from './object-fields.tsx'
import { fieldsOf } from './read-settings.ts'
import { ServerFields } from './server-fields.tsx'
import { SyncFields } from './sync-fields.tsx'
import { TrustFields } from './trust-fields.tsx'
import { targets } from './way-settings.ts'

export function DirectoryForm({ group, service }: { readonly group: string; readonly service: Service }) {
  const types = useQuery(directoryTypesQuery)
  return (
    <Answer of={types}>
      {(all) => (
        <ServiceForm<DirectoryFields>
          group={group}
          service={service}
          name="directory"
          fieldsOf={fieldsOf}
          settingsOf={settingsOf}
          targets={targets}
        >
          {(parts) => {
            const defaults = all.find(({ type }) => type === parts.form.values.type)
            return defaults === undefined ? null : <Fields {...parts} group={group} defaults={defaults} />
          }}
        </ServiceForm>
      )}
    </Answer>
  )
}

/** What every part of the form needs of the whole. */
export interface DirectoryParts extends Pick<SettingsParts<DirectoryFields>, 'form' | 'label' | 'isEditable'> {
  readonly group: string
  /** Of the kind of directory the form says. */
  readonly defaults: TypeDefaults
  /** What the form says now, as the console takes settings nobody has saved. */
  readonly draft: () => StoredSettings
}

function Fields({
  group,
  defaults,
  form,
  page,
  label,
  isEditable,
  mustRepeatSecrets,
}: SettingsParts<DirectoryFields> & Pick<DirectoryParts, 'group' | 'defaults'>) {
  const stored = storedOf(page)
  const draft = () => {
    const { baseDn, ...settings } = withoutMarks(settingsOf(form.values, stored))
    return baseDn === '' ? settings : { ...settings, baseDn }
  }
  const parts: DirectoryParts = { group, defaults, form, label, isEditable, draft }
  return (
    <Stack gap="xl">
      <Select
        label={label('Kind of directory', 'type')}
        description="It decides the defaults of everything below."
        maw={320}
        data={Object.entries(typeNames).map(([value, name]) => ({ value, label: name }))}
        allowDeselect={false}
        {...form.getInputProps('type')}
      />
      <ServerFields {...parts} />
      <TrustFields {...parts} />
      <BindFields {...parts} isStored={hasSecret(stored, 'bindPassword')} mustRepeat={mustRepeatSecrets} />
      <BaseFields {...parts} />
      <div>
        <ObjectFields {...parts} />
        <AttributeFields {...parts} />
        <MembershipFields {...parts} />
        <SyncFields {...parts} />
        <LimitFields {...parts} />
      </div>
      <MappingPreview group={group} draft={draft} />
    </Stack>
  )
}
