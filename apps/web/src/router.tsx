/**
 * Addresses of the UI, put together. Which page stands where is in `routes`.
 *
 * @module
 */
import { createRouter } from '@tanstack/react-router'
import { consoleRoutes } from './routes/console-routes.ts'
import { groupRoutes } from './routes/group-routes.ts'
import { firstRunRoute, groupRoute, rootRoute, shellRoute, signInRoute } from './routes/root.tsx'
import { serviceRoutes } from './routes/service-routes.ts'

const routeTree = rootRoute.addChildren([
  signInRoute,
  firstRunRoute,
  shellRoute.addChildren([...consoleRoutes, groupRoute.addChildren([...groupRoutes, ...serviceRoutes])]),
])

export const router = createRouter({ routeTree, defaultPreload: false, scrollRestoration: true })

declare module '@tanstack/react-router' {
  interface Register {
    router: typeof router
  }
}
