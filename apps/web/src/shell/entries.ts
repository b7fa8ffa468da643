/**
 * Where one can go, as data. A new page is one row here and one in `routes`.
 *
 * @module
 */
import {
  IconAddressBook,
  IconBell,
  IconBuildingArch,
  IconChecklist,
  IconDatabaseImport,
  IconDevices,
  IconFileText,
  IconHierarchy2,
  IconKey,
  IconListDetails,
  IconMail,
  IconPlugConnected,
  IconRoute,
  IconSettings,
  IconShieldCheck,
  IconShieldLock,
  IconUserCog,
  IconUsers,
  IconAdjustmentsHorizontal,
  type Icon,
} from '@tabler/icons-react'
import type { Right } from './session.ts'

export interface Entry {
  readonly label: string
  readonly sign: Icon
  readonly right: Right
}

interface GroupEntry extends Entry {
  readonly to:
    | '/groups/$group/overview'
    | '/groups/$group/connectors'
    | '/groups/$group/cloud-connector'
    | '/groups/$group/requests'
    | '/groups/$group/directory'
    | '/groups/$group/mail'
    | '/groups/$group/syslog'
    | '/groups/$group/settings'
    | '/groups/$group/devices'
    | '/groups/$group/policies'
    | '/groups/$group/sources'
}

interface ConsoleEntry extends Entry {
  readonly to: '/relay' | '/nac' | '/groups' | '/admins' | '/roles' | '/api-keys' | '/events' | '/audit'
}

/** About one organization group. */
export const ofGroup: readonly { readonly title?: string; readonly entries: readonly GroupEntry[] }[] = [
  {
    entries: [
      { to: '/groups/$group/overview', label: 'Overview', sign: IconBuildingArch, right: 'status:read' },
      { to: '/groups/$group/connectors', label: 'Connectors', sign: IconPlugConnected, right: 'connectors:read' },
      {
        to: '/groups/$group/cloud-connector',
        label: 'Cloud connector',
        sign: IconAdjustmentsHorizontal,
        right: 'settings:read',
      },
      { to: '/groups/$group/requests', label: 'Request log', sign: IconListDetails, right: 'requests:read' },
      { to: '/groups/$group/settings', label: 'All settings', sign: IconSettings, right: 'settings:read' },
    ],
  },
  {
    title: 'Devices',
    entries: [
      { to: '/groups/$group/devices', label: 'Devices', sign: IconDevices, right: 'devices:read' },
      { to: '/groups/$group/policies', label: 'Compliance policies', sign: IconChecklist, right: 'policies:read' },
      { to: '/groups/$group/sources', label: 'Inventory sources', sign: IconDatabaseImport, right: 'sources:read' },
    ],
  },
  {
    title: 'Enterprise services',
    entries: [
      { to: '/groups/$group/directory', label: 'Directory', sign: IconAddressBook, right: 'services:read' },
      { to: '/groups/$group/mail', label: 'Mail', sign: IconMail, right: 'services:read' },
      { to: '/groups/$group/syslog', label: 'Syslog', sign: IconFileText, right: 'services:read' },
    ],
  },
]

/** About the whole console. */
export const ofConsole: readonly { readonly title: string; readonly entries: readonly ConsoleEntry[] }[] = [
  {
    title: 'Whole console',
    entries: [
      { to: '/groups', label: 'Organization groups', sign: IconHierarchy2, right: 'organization-groups:read' },
      { to: '/relay', label: 'Relay and site URLs', sign: IconRoute, right: 'relay:read' },
      { to: '/nac', label: 'NAC', sign: IconShieldLock, right: 'nac:read' },
    ],
  },
  {
    title: 'Access',
    entries: [
      { to: '/admins', label: 'Administrators', sign: IconUsers, right: 'admins:read' },
      { to: '/roles', label: 'Roles', sign: IconUserCog, right: 'roles:read' },
      { to: '/api-keys', label: 'API keys', sign: IconKey, right: 'api-keys:read' },
    ],
  },
  {
    title: 'What happened',
    entries: [
      { to: '/events', label: 'Events', sign: IconBell, right: 'events:read' },
      { to: '/audit', label: 'Audit', sign: IconShieldCheck, right: 'audit:read' },
    ],
  },
]
