/**
 * All routes of the console, as one list. docs/api.md is written from it.
 *
 * @module
 */
import { adminRoutes } from './admins/routes.ts'
import { auditRoutes } from './audit/routes.ts'
import type { Assembly } from './assembly.ts'
import { backupRoutes } from './backups/routes.ts'
import { callRoutes } from './calls/routes.ts'
import { certificateRoutes } from './certificates/routes.ts'
import { rotationRoutes } from './certificates/rotation-routes.ts'
import { connectorRoutes } from './connectors/routes.ts'
import { enrollmentRoutes } from './enrollment/routes.ts'
import { eventRoutes } from './events/routes.ts'
import { checkInRoutes } from './check-in/routes.ts'
import { commandRoutes } from './commands/routes.ts'
import { deviceEnrollmentRoutes } from './device-enrollment/routes.ts'
import { directoryPeopleRoutes } from './directory-sync/people-routes.ts'
import { directorySyncRoutes } from './directory-sync/routes.ts'
import { deviceRoutes } from './devices/routes.ts'
import { directoryRoutes } from './directory/routes.ts'
import type { Route } from './http/route.ts'
import { mailRoutes } from './mail/routes.ts'
import { nacAccountRoutes } from './nac/account-routes.ts'
import { nacProcessRoutes, nacRoutes } from './nac/routes.ts'
import { agentSecretRoutes } from './inventory-agents/routes.ts'
import { metricsRoutes } from './metrics/routes.ts'
import { openApiRoutes } from './openapi/routes.ts'
import { groupRoutes } from './organization-groups/routes.ts'
import { groupTreeRoutes } from './organization-groups/tree-routes.ts'
import { policyRoutes } from './policies/routes.ts'
import { relayRoutes } from './relay/routes.ts'
import { requestRoutes } from './requests/routes.ts'
import { sampleOfficeRoutes } from './sample-office/routes.ts'
import { serviceRoutes } from './services/routes.ts'
import { settingsRoutes } from './settings/routes.ts'
import { probeRoutes } from './sources/probe-routes.ts'
import { sourceRoutes } from './sources/routes.ts'
import { statusRoutes } from './status/routes.ts'
import { syslogRoutes } from './syslog/routes.ts'
import { traceRoutes } from './traces/routes.ts'

export function allRoutes(parts: Assembly): readonly Route[] {
  const routes: readonly Route[] = [
    ...statusRoutes(parts.status),
    ...metricsRoutes(parts),
    ...adminRoutes(parts),
    ...relayRoutes(parts),
    ...certificateRoutes(parts),
    ...rotationRoutes(parts),
    ...groupRoutes(parts.groups),
    ...groupTreeRoutes(parts),
    ...enrollmentRoutes(parts),
    ...connectorRoutes(parts),
    ...settingsRoutes(parts),
    ...serviceRoutes(parts),
    ...directoryRoutes(parts),
    ...callRoutes(parts),
    ...traceRoutes(parts),
    ...requestRoutes(parts),
    ...auditRoutes(parts),
    ...eventRoutes(parts),
    ...mailRoutes(parts),
    ...nacRoutes(parts),
    ...nacAccountRoutes(parts),
    ...nacProcessRoutes(parts),
    ...backupRoutes(parts),
    ...deviceRoutes(parts),
    ...commandRoutes(parts),
    ...policyRoutes(parts),
    ...deviceEnrollmentRoutes(parts),
    ...checkInRoutes(parts),
    ...sourceRoutes(parts),
    ...sampleOfficeRoutes(parts),
    ...syslogRoutes(parts),
    ...probeRoutes(parts),
    ...agentSecretRoutes(parts),
    ...directorySyncRoutes(parts),
    ...directoryPeopleRoutes(parts),
    // Last: they describe all rows, themselves among them.
    ...openApiRoutes(() => routes),
  ]
  return routes
}
