/**
 * Restricted actions: what a group asks for before something that cannot be undone.
 *
 * @module
 */
import { useQuery } from '@tanstack/react-query'
import type { SettingsPage } from '../api/service-shapes.ts'
import type { Demand } from '../parts/consent-fields.tsx'
import { may, useSession } from '../shell/session.ts'
import { shownValues, type Values } from './page-values.ts'
import { settingsPageQuery } from './settings-query.ts'

export const restrictedActionsPage = 'restrictedActions'

export type RestrictedActionFields = Readonly<Record<string, Demand>>

/** In the order of the screen; one that nobody has worded comes after these, under its own name. */
export const actionNames: readonly (readonly [name: string, title: string])[] = [
  ['revokeConnector', 'Revoke a connector'],
  ['regenerateCertificates', 'Regenerate certificates'],
  ['revokeKeys', 'Revoke the keys of the group now'],
  ['deleteGroup', 'Delete a group'],
  ['moveGroup', 'Move a group'],
  ['removeAdministrator', 'Remove an administrator'],
  ['unenrollDevice', 'Un-enroll a device'],
  ['deleteDevice', 'Delete a device'],
  ['wipeDevice', 'Wipe a device'],
]

const demands: readonly unknown[] = ['none', 'note', 'noteAndPin']

export function restrictedActionFields(page: Pick<SettingsPage, 'values'>): RestrictedActionFields {
  return Object.fromEntries(
    Object.entries(shownValues(page)).flatMap(([action, demand]) =>
      demands.includes(demand) ? [[action, demand as Demand] as const] : [],
    ),
  )
}

export const restrictedActionValues = (fields: RestrictedActionFields): Values => fields

/** The console asks for it anyway; knowing before saves a refusal. */
export function useDemand(group: string | undefined, action: string, usual: Demand = 'note'): Demand {
  const session = useSession()
  const isKnown = group !== undefined && may(session, 'settings:read')
  const page = useQuery({ ...settingsPageQuery(group ?? '', restrictedActionsPage), enabled: isKnown })
  return (page.data === undefined ? undefined : restrictedActionFields(page.data)[action]) ?? usual
}
