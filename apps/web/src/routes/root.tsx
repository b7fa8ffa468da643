/**
 * What every address begins with: the doors, the shell around who is signed in, and the group a page is about.
 *
 * @module
 */
import { createRootRoute, createRoute, Outlet } from '@tanstack/react-router'
import { groupsQuery, sessionQuery } from '../api/queries.ts'
import { queryClient } from '../api/query-client.ts'
import { FirstRunScene } from '../scenes/first-run.tsx'
import { NotHereScene } from '../scenes/not-here.tsx'
import { SignInScene } from '../scenes/sign-in.tsx'
import { GroupPage } from '../shell/group-page.tsx'
import { Shell } from '../shell/shell.tsx'

export const rootRoute = createRootRoute({ component: Outlet, notFoundComponent: NotHereScene })

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

export const groupRoute = createRoute({
  getParentRoute: () => shellRoute,
  path: '/groups/$group',
  component: GroupPage,
  loader: async () => {
    await queryClient.prefetchQuery(sessionQuery)
    // Nobody is asked for what he would be refused: the shell leads him to the door.
    if (queryClient.getQueryData(sessionQuery.queryKey)) await queryClient.prefetchQuery(groupsQuery)
  },
})
