/**
 * Addresses of pages about the whole console.
 *
 * @module
 */
import { createRoute } from '@tanstack/react-router'
import { listSearch } from './list-search.ts'
import { shellRoute } from './root.tsx'
import { AccountScene } from '../scenes/account.tsx'
import { AdminScene } from '../scenes/admin.tsx'
import { AdminsScene } from '../scenes/admins.tsx'
import { ApiKeysScene } from '../scenes/api-keys.tsx'
import { AuditScene } from '../scenes/audit.tsx'
import { EventsScene } from '../scenes/events.tsx'
import { GroupsScene } from '../scenes/groups.tsx'
import { HomeScene } from '../scenes/home.tsx'
import { NacScene } from '../scenes/nac.tsx'
import { RelayScene } from '../scenes/relay.tsx'
import { RoleScene } from '../scenes/role.tsx'
import { RolesScene } from '../scenes/roles.tsx'

const homeRoute = createRoute({ getParentRoute: () => shellRoute, path: '/', component: HomeScene })
const groupsRoute = createRoute({ getParentRoute: () => shellRoute, path: '/groups', component: GroupsScene })
const relayRoute = createRoute({ getParentRoute: () => shellRoute, path: '/relay', component: RelayScene })
const adminsRoute = createRoute({ getParentRoute: () => shellRoute, path: '/admins', component: AdminsScene })
const adminRoute = createRoute({
  getParentRoute: () => shellRoute,
  path: '/admins/$admin',
  component: AdminScene,
})
const rolesRoute = createRoute({ getParentRoute: () => shellRoute, path: '/roles', component: RolesScene })
const roleRoute = createRoute({ getParentRoute: () => shellRoute, path: '/roles/$role', component: RoleScene })
const apiKeysRoute = createRoute({ getParentRoute: () => shellRoute, path: '/api-keys', component: ApiKeysScene })
const accountRoute = createRoute({ getParentRoute: () => shellRoute, path: '/account', component: AccountScene })
const auditRoute = createRoute({ getParentRoute: () => shellRoute, path: '/audit', component: AuditScene })
const eventsRoute = createRoute({
  getParentRoute: () => shellRoute,
  path: '/events',
  validateSearch: listSearch('severity', 'category', 'text', 'group', 'service', 'within'),
  component: EventsScene,
})
const nacRoute = createRoute({ getParentRoute: () => shellRoute, path: '/nac', component: NacScene })

export const consoleRoutes = [
  homeRoute,
  groupsRoute,
  relayRoute,
  adminsRoute,
  adminRoute,
  rolesRoute,
  roleRoute,
  apiKeysRoute,
  accountRoute,
  auditRoute,
  eventsRoute,
  nacRoute,
] as const
