/**
 * The settings page of an enterprise service, also for somebody who runs the service and has no say in what groups inherit.
 *
 * @module
 */
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { ask, path } from '../api/client.ts'
import type { Service } from '../api/service-shapes.ts'
import { pageOfService, storedOf, withoutMarks, type StoredSettings } from './service-settings.ts'
import { Answer } from '../parts/answer.tsx'
import { SettingsFrame, type SettingsFrameProps } from '../settings/settings-frame.tsx'
import { settingsPageQuery } from '../settings/settings-query.ts'
import { may, useSession } from '../shell/session.ts'
import type { ServiceName } from './service-query.ts'

export interface ServiceFormProps<Fields> extends Pick<SettingsFrameProps<Fields>, 'children'> {
  readonly group: string
  readonly service: Service
  readonly name: ServiceName
  readonly fieldsOf: (stored: StoredSettings | null) => Fields
  readonly settingsOf: (fields: Fields, stored: StoredSettings | null) => StoredSettings
  /** What decides where a password goes: changed, it has to be entered again. */
  readonly targets: readonly string[]
}

export function ServiceForm<Fields extends object>(props: ServiceFormProps<Fields>) {
  const { group, service, name, fieldsOf, settingsOf, targets, children } = props
  const session = useSession()
  const queryClient = useQueryClient()
  const maySeePage = may(session, 'settings:read')
  const page = useQuery({ ...settingsPageQuery(group, name), enabled: maySeePage })
  if (maySeePage && page.data === undefined) return <Answer of={page}>{() => null}</Answer>
  const store = async (settings: StoredSettings) => {
    await ask('PUT', path`/api/groups/${group}/services/${name}`, { body: { settings } })
    await queryClient.invalidateQueries({ queryKey: ['group'] })
  }
  const isByService = may(session, 'services:edit') && !may(session, 'settings:edit')
  return (
    <SettingsFrame<Fields>
      group={group}
      page={page.data ?? pageOfService(service, group)}
      fieldsOf={(stored) => fieldsOf(storedOf(stored))}
      valuesOf={(fields, stored) => withoutMarks(settingsOf(fields, storedOf(stored)))}
      erasesSecrets={(fields, stored) => {
        const known = storedOf(stored)
        const before = settingsOf(fieldsOf(known), known)
        const after = settingsOf(fields, known)
        return targets.some((one) => JSON.stringify(before[one]) !== JSON.stringify(after[one]))
      }}
      store={isByService ? store : undefined}
    >
      {children}
    </SettingsFrame>
  )
}
