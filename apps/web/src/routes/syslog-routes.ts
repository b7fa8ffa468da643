/**
 * Addresses of pages about the syslog targets of a group.
 *
 * @module
 */
import { createRoute } from '@tanstack/react-router'
import { SampleSyslogScene } from '../scenes/sample-syslog.tsx'
import { SyslogServiceScene } from '../scenes/syslog-service.tsx'
import { SyslogTargetScene } from '../scenes/syslog-target.tsx'
import { SyslogScene } from '../scenes/syslog.tsx'
import { groupRoute } from './root.tsx'

const syslogRoute = createRoute({
  getParentRoute: () => groupRoute,
  path: '/syslog',
  component: SyslogScene,
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
const syslogSampleOfficeRoute = createRoute({
  getParentRoute: () => groupRoute,
  path: '/syslog/sample-office',
  component: SampleSyslogScene,
})

export const syslogRoutes = [syslogRoute, syslogServiceRoute, syslogTargetRoute, syslogSampleOfficeRoute] as const
