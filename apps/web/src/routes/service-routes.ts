/**
 * Addresses of pages about enterprise services of a group.
 *
 * @module
 */
import { createRoute } from '@tanstack/react-router'
import { DirectoryGroupScene } from '../scenes/directory-group.tsx'
import { DirectoryGroupsScene } from '../scenes/directory-groups.tsx'
import { DirectorySearchScene } from '../scenes/directory-search.tsx'
import { DirectorySettingsScene } from '../scenes/directory-settings.tsx'
import { DirectorySyncScene } from '../scenes/directory-sync.tsx'
import { DirectoryUserScene } from '../scenes/directory-user.tsx'
import { DirectoryUsersScene } from '../scenes/directory-users.tsx'
import { DirectoryScene } from '../scenes/directory.tsx'
import { SyncRunScene } from '../scenes/sync-run.tsx'
import { groupRoute } from './root.tsx'

/** What is looked for stands in the address, so that it can be sent to somebody. */
const readSearch = ({ search }: Record<string, unknown>): { search?: string } =>
  (typeof search === 'string' || typeof search === 'number') && String(search).length <= 200 && search !== ''
    ? { search: String(search) }
    : {}

const directoryRoute = createRoute({ getParentRoute: () => groupRoute, path: '/directory', component: DirectoryScene })
const directorySettingsRoute = createRoute({
  getParentRoute: () => groupRoute,
  path: '/directory/settings',
  component: DirectorySettingsScene,
})
const directoryLookUpRoute = createRoute({
  getParentRoute: () => groupRoute,
  path: '/directory/look-up',
  component: DirectorySearchScene,
})
const directoryUsersRoute = createRoute({
  getParentRoute: () => groupRoute,
  path: '/directory/users',
  validateSearch: readSearch,
  component: DirectoryUsersScene,
})
const directoryUserRoute = createRoute({
  getParentRoute: () => groupRoute,
  path: '/directory/users/$user',
  component: DirectoryUserScene,
})
const directoryGroupsRoute = createRoute({
  getParentRoute: () => groupRoute,
  path: '/directory/groups',
  validateSearch: readSearch,
  component: DirectoryGroupsScene,
})
const directoryGroupRoute = createRoute({
  getParentRoute: () => groupRoute,
  path: '/directory/groups/$directoryGroup',
  component: DirectoryGroupScene,
})
const directorySyncRoute = createRoute({
  getParentRoute: () => groupRoute,
  path: '/directory/sync',
  component: DirectorySyncScene,
})
const syncRunRoute = createRoute({
  getParentRoute: () => groupRoute,
  path: '/directory/sync/$run',
  component: SyncRunScene,
})

export const serviceRoutes = [
  directoryRoute,
  directorySettingsRoute,
  directoryLookUpRoute,
  directoryUsersRoute,
  directoryUserRoute,
  directoryGroupsRoute,
  directoryGroupRoute,
  directorySyncRoute,
  syncRunRoute,
] as const
