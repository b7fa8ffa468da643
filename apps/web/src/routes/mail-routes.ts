/**
 * Addresses of pages about the mail of a group.
 *
 * @module
 */
import { createRoute } from '@tanstack/react-router'
import { MailMessageScene } from '../scenes/mail-message.tsx'
import { MailReadersScene } from '../scenes/mail-readers.tsx'
import { MailServiceScene } from '../scenes/mail-service.tsx'
import { MailSettingsScene } from '../scenes/mail-settings.tsx'
import { MailTemplatesScene } from '../scenes/mail-templates.tsx'
import { MailScene } from '../scenes/mail.tsx'
import { SampleMailsScene } from '../scenes/sample-mails.tsx'
import { listSearch } from './list-search.ts'
import { groupRoute } from './root.tsx'

const mailRoute = createRoute({
  getParentRoute: () => groupRoute,
  path: '/mail',
  validateSearch: listSearch('state'),
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
const mailSampleOfficeRoute = createRoute({
  getParentRoute: () => groupRoute,
  path: '/mail/sample-office',
  component: SampleMailsScene,
})

export const mailRoutes = [
  mailRoute,
  mailServiceRoute,
  mailSettingsRoute,
  mailReadersRoute,
  mailTemplatesRoute,
  mailMessageRoute,
  mailSampleOfficeRoute,
] as const
