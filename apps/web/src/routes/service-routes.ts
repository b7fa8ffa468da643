/**
 * Addresses of pages about the enterprise services of a group.
 *
 * @module
 */
import { directoryRoutes } from './directory-routes.ts'
import { mailRoutes } from './mail-routes.ts'
import { syslogRoutes } from './syslog-routes.ts'

export const serviceRoutes = [...directoryRoutes, ...mailRoutes, ...syslogRoutes] as const
