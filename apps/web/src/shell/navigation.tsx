/**
 * Where one can go, as data. What has no page, and what this admin may not read, is not listed.
 *
 * A new page is one row here and one in `router.tsx`.
 *
 * @module
 */
import { Text } from '@mantine/core'
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
import { NavigationLink } from '../parts/link-button.tsx'
import type { Session } from '../api/access-shapes.ts'
import { may, type Right } from './session.ts'

interface Entry {
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
const ofGroup: readonly { readonly title?: string; readonly entries: readonly GroupEntry[] }[] = [
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
const ofConsole: readonly { readonly title: string; readonly entries: readonly ConsoleEntry[] }[] = [
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

export function Navigation({ group, session }: { readonly group: string | undefined; readonly session: Session }) {
  return (
    <nav aria-label="Pages">
      {group !== undefined &&
        ofGroup.map(({ title, entries }) => (
          <Part key={title ?? ''} title={title} entries={entries} session={session}>
            {({ to, label, sign: Sign }) => (
              <NavigationLink key={to} to={to} params={{ group }} label={label} sign={<Sign size={18} aria-hidden />} />
            )}
          </Part>
        ))}
      {ofConsole.map(({ title, entries }) => (
        <Part key={title} title={title} entries={entries} session={session}>
          {({ to, label, sign: Sign }) => (
            <NavigationLink
              key={to}
              to={to}
              activeOptions={{ exact: to === '/groups' }}
              label={label}
              sign={<Sign size={18} aria-hidden />}
            />
          )}
        </Part>
      ))}
    </nav>
  )
}

interface PartProps<One extends Entry> {
  readonly title: string | undefined
  readonly entries: readonly One[]
  readonly session: Session
  readonly children: (entry: One) => React.ReactNode
}

/** A heading without anything below it says nothing. */
function Part<One extends Entry>({ title, entries, session, children }: PartProps<One>) {
  const allowed = entries.filter(({ right }) => may(session, right))
  if (allowed.length === 0) return null
  return (
    <>
      {title !== undefined && (
        <Text size="xs" fw={600} c="dimmed" mt="sm" mb={2} px="sm">
          {title}
        </Text>
      )}
      {allowed.map(children)}
    </>
  )
}
