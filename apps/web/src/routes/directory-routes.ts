/**
 * Addresses of pages about the directory of a group, and of its sync.
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
import { listSearch } from './list-search.ts'
import { groupRoute } from './root.tsx'

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
  validateSearch: listSearch('search'),
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
  validateSearch: listSearch('search'),
  component: DirectoryGroupsScene,
})
const directoryGroupRoute = createRoute({
  getParentRoute: () => groupRoute,
  path: '/directory/groups/$directoryGroup',
  validateSearch: listSearch('of'),
  component: DirectoryGroupScene,
})
const directorySyncRoute = createRoute({
  getParentRoute: () => groupRoute,
  path: '/directory/sync',
  validateSearch: listSearch(),
  component: DirectorySyncScene,
})
const syncRunRoute = createRoute({
  getParentRoute: () => groupRoute,
  path: '/directory/sync/$run',
  validateSearch: listSearch('change', 'kind'),
  component: SyncRunScene,
})

export const directoryRoutes = [
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
