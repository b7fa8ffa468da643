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
import { MailMessageScene } from '../scenes/mail-message.tsx'
import { MailReadersScene } from '../scenes/mail-readers.tsx'
import { MailServiceScene } from '../scenes/mail-service.tsx'
import { MailSettingsScene } from '../scenes/mail-settings.tsx'
import { MailTemplatesScene } from '../scenes/mail-templates.tsx'
import { MailScene } from '../scenes/mail.tsx'
import { SampleMailsScene } from '../scenes/sample-mails.tsx'
import { SampleSyslogScene } from '../scenes/sample-syslog.tsx'
import { SyncRunScene } from '../scenes/sync-run.tsx'
import { SyslogServiceScene } from '../scenes/syslog-service.tsx'
import { SyslogTargetScene } from '../scenes/syslog-target.tsx'
import { SyslogScene } from '../scenes/syslog.tsx'
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

const mailRoute = createRoute({
  getParentRoute: () => groupRoute,
  path: '/mail',
  validateSearch: ({ state }: Record<string, unknown>): { state?: string } =>
    typeof state === 'string' && /^[a-z]{1,20}$/.test(state) ? { state } : {},
  component: MailScene,
})
const mailServiceRoute = createRoute({
  getParentRoute: () => groupRoute,
  path: '/mail/service',
  component: MailServiceScene,
})
const mailSettingsRoute = createRoute({
  getParentRoute: () => groupRoute,
  path: '/mail/settings',
  component: MailSettingsScene,
})
const mailReadersRoute = createRoute({
  getParentRoute: () => groupRoute,
  path: '/mail/readers',
  component: MailReadersScene,
})
const mailTemplatesRoute = createRoute({
  getParentRoute: () => groupRoute,
  path: '/mail/templates',
  component: MailTemplatesScene,
})
const mailMessageRoute = createRoute({
  getParentRoute: () => groupRoute,
  path: '/mail/messages/$message',
  component: MailMessageScene,
})
const syslogRoute = createRoute({
  getParentRoute: () => groupRoute,
  path: '/syslog',
  component: SyslogScene,
})
const mailSampleOfficeRoute = createRoute({
  getParentRoute: () => groupRoute,
  path: '/mail/sample-office',
  component: SampleMailsScene,
})
const syslogSampleOfficeRoute = createRoute({
  getParentRoute: () => groupRoute,
  path: '/syslog/sample-office',
  component: SampleSyslogScene,
})
const syslogServiceRoute = createRoute({
  getParentRoute: () => groupRoute,
  path: '/syslog/service',
  component: SyslogServiceScene,
})
const syslogTargetRoute = createRoute({
  getParentRoute: () => groupRoute,
  path: '/syslog/targets/$target',
  component: SyslogTargetScene,
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
  mailRoute,
  mailServiceRoute,
  mailSettingsRoute,
  mailReadersRoute,
  mailTemplatesRoute,
  mailMessageRoute,
  syslogRoute,
  syslogServiceRoute,
  syslogTargetRoute,
  mailSampleOfficeRoute,
  syslogSampleOfficeRoute,
] as const
