/**
 * Where one can go. What has no page, and what this admin may not read, is not listed.
 *
 * @module
 */
import { Text } from '@mantine/core'
import {
  IconAddressBook,
  IconBell,
  IconBuildingArch,
  IconHierarchy2,
  IconListDetails,
  IconPlugConnected,
  IconRoute,
  IconShieldCheck,
  IconUsers,
} from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { groupsQuery } from '../api/queries.ts'
import { NavigationLink } from '../parts/link-button.tsx'
import type { Session } from '../api/shapes.ts'
import { may } from './session.ts'

export function Navigation({ group, session }: { readonly group: string | undefined; readonly session: Session }) {
  const { data } = useQuery(groupsQuery)
  // Outside of a group, its pages are those of the first.
  const shown = group ?? data?.at(0)?.id
  return (
    <nav aria-label="Pages">
      {shown !== undefined && (
        <>
          {may(session, 'status:read') && (
            <NavigationLink
              to="/groups/$group/overview"
              params={{ group: shown }}
              label="Overview"
              sign={<IconBuildingArch size={18} aria-hidden />}
            />
          )}
          {may(session, 'connectors:read') && (
            <NavigationLink
              to="/groups/$group/connectors"
              params={{ group: shown }}
              label="Connectors"
              sign={<IconPlugConnected size={18} aria-hidden />}
            />
          )}
          {may(session, 'services:read') && (
            <NavigationLink
              to="/groups/$group/directory"
              params={{ group: shown }}
              label="Directory"
              sign={<IconAddressBook size={18} aria-hidden />}
            />
          )}
          {may(session, 'requests:read') && (
            <NavigationLink
              to="/groups/$group/requests"
              params={{ group: shown }}
              label="Request log"
              sign={<IconListDetails size={18} aria-hidden />}
            />
          )}
        </>
      )}
      <Text size="xs" fw={600} c="dimmed" mt="md" mb={4} px="sm">
        Whole console
      </Text>
      {may(session, 'relay:read') && (
        <NavigationLink to="/relay" label="Relay" sign={<IconRoute size={18} aria-hidden />} />
      )}
      {may(session, 'organization-groups:read') && (
        <NavigationLink
          to="/groups"
          activeOptions={{ exact: true }}
          label="Organization groups"
          sign={<IconHierarchy2 size={18} aria-hidden />}
        />
      )}
      {may(session, 'admins:read') && (
        <NavigationLink to="/admins" label="Administrators" sign={<IconUsers size={18} aria-hidden />} />
      )}
      {may(session, 'events:read') && (
        <NavigationLink to="/events" label="Events" sign={<IconBell size={18} aria-hidden />} />
      )}
      {may(session, 'audit:read') && (
        <NavigationLink to="/audit" label="Audit" sign={<IconShieldCheck size={18} aria-hidden />} />
      )}
    </nav>
  )
}
