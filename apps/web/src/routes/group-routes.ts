/**
 * Addresses of pages about one organization group.
 *
 * @module
 */
import { createRoute } from '@tanstack/react-router'
import { readDeviceSearch } from '../devices/device-filter.ts'
import { readPlace } from './list-search.ts'
import { groupRoute } from './root.tsx'
import { AllSettingsScene } from '../scenes/all-settings.tsx'
import { CloudConnectorScene } from '../scenes/cloud-connector.tsx'
import { ConnectScene } from '../scenes/connect.tsx'
import { ConnectorScene } from '../scenes/connector.tsx'
import { ConnectorsScene } from '../scenes/connectors.tsx'
import { DeviceScene } from '../scenes/device.tsx'
import { DeviceSettingsScene } from '../scenes/device-settings.tsx'
import { DevicesScene } from '../scenes/devices.tsx'
import { EnrollDevicesScene } from '../scenes/enroll-devices.tsx'
import { InviteScene } from '../scenes/invite.tsx'
import { OverviewScene } from '../scenes/overview.tsx'
import { PoliciesScene } from '../scenes/policies.tsx'
import { PolicyScene } from '../scenes/policy.tsx'
import { RequestsScene } from '../scenes/requests.tsx'
import { RestrictedActionsScene } from '../scenes/restricted-actions.tsx'
import { SourcesScene } from '../scenes/sources.tsx'

const overviewRoute = createRoute({ getParentRoute: () => groupRoute, path: '/overview', component: OverviewScene })
const connectorsRoute = createRoute({
  getParentRoute: () => groupRoute,
  path: '/connectors',
  component: ConnectorsScene,
})
const connectorRoute = createRoute({
  getParentRoute: () => groupRoute,
  path: '/connectors/$connector',
  component: ConnectorScene,
})
const inviteRoute = createRoute({ getParentRoute: () => groupRoute, path: '/invite', component: InviteScene })
const connectRoute = createRoute({ getParentRoute: () => groupRoute, path: '/connect', component: ConnectScene })
const requestsRoute = createRoute({ getParentRoute: () => groupRoute, path: '/requests', component: RequestsScene })
const cloudConnectorRoute = createRoute({
  getParentRoute: () => groupRoute,
  path: '/cloud-connector',
  component: CloudConnectorScene,
})
const allSettingsRoute = createRoute({
  getParentRoute: () => groupRoute,
  path: '/settings',
  component: AllSettingsScene,
})
const restrictedActionsRoute = createRoute({
  getParentRoute: () => groupRoute,
  path: '/restricted-actions',
  component: RestrictedActionsScene,
})
const devicesRoute = createRoute({
  getParentRoute: () => groupRoute,
  path: '/devices',
  validateSearch: (given: Record<string, unknown>) => ({ ...readDeviceSearch(given), ...readPlace(given) }),
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

export const groupRoutes = [
  overviewRoute,
  connectorsRoute,
  connectorRoute,
  inviteRoute,
  connectRoute,
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
] as const
