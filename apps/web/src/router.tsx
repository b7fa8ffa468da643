/**
 * Addresses of the UI: which page stands where, and what its address must contain.
 *
 * @module
 */
import { createRootRoute, createRoute, createRouter, Outlet } from '@tanstack/react-router'
import { queryClient } from './api/query-client.ts'
import { groupsQuery, sessionQuery } from './api/queries.ts'
import { readDeviceSearch } from './devices/device-filter.ts'
import { AccountScene } from './scenes/account.tsx'
import { AdminScene } from './scenes/admin.tsx'
import { AdminsScene } from './scenes/admins.tsx'
import { AllSettingsScene } from './scenes/all-settings.tsx'
import { ApiKeysScene } from './scenes/api-keys.tsx'
import { AuditScene } from './scenes/audit.tsx'
import { CloudConnectorScene } from './scenes/cloud-connector.tsx'
import { ConnectScene } from './scenes/connect.tsx'
import { ConnectorScene } from './scenes/connector.tsx'
import { ConnectorsScene } from './scenes/connectors.tsx'
import { DeviceScene } from './scenes/device.tsx'
import { DeviceSettingsScene } from './scenes/device-settings.tsx'
import { DevicesScene } from './scenes/devices.tsx'
import { DirectoryScene } from './scenes/directory.tsx'
import { EnrollDevicesScene } from './scenes/enroll-devices.tsx'
import { EventsScene } from './scenes/events.tsx'
import { FirstRunScene } from './scenes/first-run.tsx'
import { GroupsScene } from './scenes/groups.tsx'
import { HomeScene } from './scenes/home.tsx'
import { InviteScene } from './scenes/invite.tsx'
import { NacScene } from './scenes/nac.tsx'
import { NotHereScene } from './scenes/not-here.tsx'
import { OverviewScene } from './scenes/overview.tsx'
import { PoliciesScene } from './scenes/policies.tsx'
import { PolicyScene } from './scenes/policy.tsx'
import { RelayScene } from './scenes/relay.tsx'
import { RequestsScene } from './scenes/requests.tsx'
import { RestrictedActionsScene } from './scenes/restricted-actions.tsx'
import { RoleScene } from './scenes/role.tsx'
import { RolesScene } from './scenes/roles.tsx'
import { SignInScene } from './scenes/sign-in.tsx'
import { SourcesScene } from './scenes/sources.tsx'
import { Shell } from './shell/shell.tsx'

const rootRoute = createRootRoute({ component: Outlet, notFoundComponent: NotHereScene })

export const signInRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/sign-in',
  validateSearch: ({ to }: Record<string, unknown>): { to?: string } =>
    // Only addresses of this UI: a link must not lead from sign-in to somewhere else.
    typeof to === 'string' && /^\/(?![/\\])/.test(to) ? { to } : {},
  component: SignInScene,
})
export const firstRunRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/first-run',
  component: FirstRunScene,
})

export const shellRoute = createRoute({ getParentRoute: () => rootRoute, id: 'shell', component: Shell })

const homeRoute = createRoute({ getParentRoute: () => shellRoute, path: '/', component: HomeScene })
const groupsRoute = createRoute({ getParentRoute: () => shellRoute, path: '/groups', component: GroupsScene })
const relayRoute = createRoute({ getParentRoute: () => shellRoute, path: '/relay', component: RelayScene })
const adminsRoute = createRoute({ getParentRoute: () => shellRoute, path: '/admins', component: AdminsScene })
export const adminRoute = createRoute({
  getParentRoute: () => shellRoute,
  path: '/admins/$admin',
  component: AdminScene,
})
const rolesRoute = createRoute({ getParentRoute: () => shellRoute, path: '/roles', component: RolesScene })
export const roleRoute = createRoute({ getParentRoute: () => shellRoute, path: '/roles/$role', component: RoleScene })
const apiKeysRoute = createRoute({ getParentRoute: () => shellRoute, path: '/api-keys', component: ApiKeysScene })
const accountRoute = createRoute({ getParentRoute: () => shellRoute, path: '/account', component: AccountScene })
const auditRoute = createRoute({ getParentRoute: () => shellRoute, path: '/audit', component: AuditScene })
const eventsRoute = createRoute({ getParentRoute: () => shellRoute, path: '/events', component: EventsScene })
const nacRoute = createRoute({ getParentRoute: () => shellRoute, path: '/nac', component: NacScene })

export const groupRoute = createRoute({
  getParentRoute: () => shellRoute,
  path: '/groups/$group',
  component: Outlet,
  loader: async () => {
    await queryClient.prefetchQuery(sessionQuery)
    // Nobody is asked for what he would be refused: the shell leads him to the door.
    if (queryClient.getQueryData(sessionQuery.queryKey)) await queryClient.prefetchQuery(groupsQuery)
  },
})
const overviewRoute = createRoute({ getParentRoute: () => groupRoute, path: '/overview', component: OverviewScene })
const connectorsRoute = createRoute({
  getParentRoute: () => groupRoute,
  path: '/connectors',
  component: ConnectorsScene,
})
export const connectorRoute = createRoute({
  getParentRoute: () => groupRoute,
  path: '/connectors/$connector',
  component: ConnectorScene,
})
const inviteRoute = createRoute({ getParentRoute: () => groupRoute, path: '/invite', component: InviteScene })
const connectRoute = createRoute({ getParentRoute: () => groupRoute, path: '/connect', component: ConnectScene })
const directoryRoute = createRoute({ getParentRoute: () => groupRoute, path: '/directory', component: DirectoryScene })
const requestsRoute = createRoute({ getParentRoute: () => groupRoute, path: '/requests', component: RequestsScene })

const cloudConnectorRoute = createRoute({
  getParentRoute: () => groupRoute,
  path: '/cloud-connector',
  component: CloudConnectorScene,
})
const restrictedActionsRoute = createRoute({
  getParentRoute: () => groupRoute,
  path: '/restricted-actions',
  component: RestrictedActionsScene,
})
const allSettingsRoute = createRoute({
  getParentRoute: () => groupRoute,
  path: '/settings',
  component: AllSettingsScene,
})

const devicesRoute = createRoute({
  getParentRoute: () => groupRoute,
  path: '/devices',
  validateSearch: readDeviceSearch,
  component: DevicesScene,
})
const deviceRoute = createRoute({ getParentRoute: () => groupRoute, path: '/devices/$device', component: DeviceScene })
const enrollDevicesRoute = createRoute({
  getParentRoute: () => groupRoute,
  path: '/enroll',
  component: EnrollDevicesScene,
})
const policiesRoute = createRoute({ getParentRoute: () => groupRoute, path: '/policies', component: PoliciesScene })
const policyRoute = createRoute({ getParentRoute: () => groupRoute, path: '/policies/$policy', component: PolicyScene })
const sourcesRoute = createRoute({ getParentRoute: () => groupRoute, path: '/sources', component: SourcesScene })
const deviceSettingsRoute = createRoute({
  getParentRoute: () => groupRoute,
  path: '/device-settings',
  component: DeviceSettingsScene,
})

const routeTree = rootRoute.addChildren([
  signInRoute,
  firstRunRoute,
  shellRoute.addChildren([
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
    groupRoute.addChildren([
      overviewRoute,
      connectorsRoute,
      connectorRoute,
      inviteRoute,
      connectRoute,
      directoryRoute,
      requestsRoute,
      cloudConnectorRoute,
      allSettingsRoute,
      restrictedActionsRoute,
      devicesRoute,
      deviceRoute,
      enrollDevicesRoute,
      policiesRoute,
      policyRoute,
      sourcesRoute,
      deviceSettingsRoute,
    ]),
  ]),
])

export const router = createRouter({ routeTree, defaultPreload: false, scrollRestoration: true })

declare module '@tanstack/react-router' {
  interface Register {
    router: typeof router
  }
}
