/**
 * All routes about accounts.
 *
 * @module
 */
import type { Route } from '../http/route.ts'
import { accountRoutes, type AccountRouteParts } from './account-routes.ts'
import { accountSessionRoutes } from './account-session-routes.ts'
import { apiKeyRoutes, type ApiKeyRouteParts } from './api-key-routes.ts'
import { roleRoutes, type RoleRouteParts } from './role-routes.ts'
import { selfServiceRoutes, type SelfServiceRouteParts } from './self-service-routes.ts'
import { sessionRoutes, type SessionRouteParts } from './session-routes.ts'

type AdminRouteParts = SessionRouteParts & SelfServiceRouteParts & AccountRouteParts & RoleRouteParts & ApiKeyRouteParts

export function adminRoutes(parts: AdminRouteParts): readonly Route[] {
  return [
    ...sessionRoutes(parts),
    ...selfServiceRoutes(parts),
    ...accountRoutes(parts),
    ...accountSessionRoutes(parts),
    ...roleRoutes(parts),
    ...apiKeyRoutes(parts),
  ]
}
