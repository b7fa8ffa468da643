/**
 * The settings of the directory service, in the order one sets a directory up.
 *
 * @module
 */
import { Select, Stack } from '@mantine/core'
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { ask, path } from '../api/client.ts'
import type { Service } from '../api/service-shapes.ts'
import { Answer } from '../parts/answer.tsx'
import { SettingsFrame, type SettingsParts } from '../settings/settings-frame.tsx'
import { settingsPageQuery } from '../settings/settings-query.ts'
import { may, useSession } from '../shell/session.ts'
import { AttributeFields } from './attribute-fields.tsx'
import { BaseFields } from './base-fields.tsx'
import { BindFields } from './bind-fields.tsx'
import type { DirectoryFields } from './directory-fields.ts'
import {
  erasesPassword,
  hasPassword,
  pageOfService,
  settingsOf,
  storedOf,
  withoutMarks,
  type StoredSettings,
} from './directory-settings.ts'
import { LimitFields } from './limit-fields.tsx'
import { MappingPreview } from './mapping-preview.tsx'
import { MembershipFields } from './membership-fields.tsx'
import { ObjectFields } from './object-fields.tsx'
import { fieldsOf } from './read-settings.ts'
import { ServerFields } from './server-fields.tsx'
import { SyncFields } from './sync-fields.tsx'
import { TrustFields } from './trust-fields.tsx'
import { typeNames } from './type-defaults.ts'

export interface DirectoryFormProps {
  readonly group: string
  readonly service: Service
}

export function DirectoryForm({ group, service }: DirectoryFormProps) {
  const session = useSession()
  const queryClient = useQueryClient()
  const maySeePage = may(session, 'settings:read')
  const page = useQuery({ ...settingsPageQuery(group, 'directory'), enabled: maySeePage })
  if (maySeePage && page.data === undefined) return <Answer of={page}>{() => null}</Answer>
  // Who runs the service need not have a say in what groups inherit.
  const store = async (settings: StoredSettings) => {
    await ask('PUT', path`/api/groups/${group}/services/directory`, { body: { settings } })
    await queryClient.invalidateQueries({ queryKey: ['group'] })
  }
  const isByService = may(session, 'services:edit') && !may(session, 'settings:edit')
  return (
    <SettingsFrame<DirectoryFields>
      group={group}
      page={page.data ?? pageOfService(service, group)}
      fieldsOf={(stored) => fieldsOf(storedOf(stored))}
      valuesOf={(fields, stored) => withoutMarks(settingsOf(fields, storedOf(stored)))}
      erasesSecrets={(fields, stored) => erasesPassword(fields, fieldsOf(storedOf(stored)), storedOf(stored))}
      store={isByService ? store : undefined}
    >
      {(parts) => <Fields {...parts} group={group} />}
    </SettingsFrame>
  )
}

/** What every part of the form needs of the whole. */
export interface DirectoryParts extends Pick<SettingsParts<DirectoryFields>, 'form' | 'label' | 'isEditable'> {
  readonly group: string
  /** What the form says now, as the console takes settings nobody has saved. */
  readonly draft: () => StoredSettings
}

function Fields({
  group,
  form,
  page,
  label,
  isEditable,
  mustRepeatSecrets,
}: SettingsParts<DirectoryFields> & { readonly group: string }) {
  const stored = storedOf(page)
  const draft = () => {
    const { baseDn, ...settings } = withoutMarks(settingsOf(form.values, stored))
    return baseDn === '' ? settings : { ...settings, baseDn }
  }
  const parts: DirectoryParts = { group, form, label, isEditable, draft }
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
      <BindFields {...parts} isStored={hasPassword(stored)} mustRepeat={mustRepeatSecrets} />
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
