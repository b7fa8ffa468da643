/**
 * Mail, as screens ask for it.
 *
 * @module
 */
import { keepPreviousData, queryOptions } from '@tanstack/react-query'
import { ask, path, withQuery } from '../api/client.ts'
import type { MailMessage, MailStatus, MailTemplate, MailWithAttempts } from '../api/mail-shapes.ts'

export const atOnce = 50

export const mailStatusQuery = (group: string) =>
  queryOptions({
    queryKey: ['group', group, 'mail', 'status'],
    queryFn: ({ signal }) => ask<MailStatus>('GET', path`/api/groups/${group}/mail/status`, { signal }),
    refetchInterval: 3000,
  })

export const messagesQuery = (group: string, state: string, cursor: string) =>
  queryOptions({
    queryKey: ['group', group, 'mail', 'messages', state, cursor],
    queryFn: async ({ signal }) => {
      const { messages, nextCursor } = await ask<{ messages: readonly MailMessage[]; nextCursor?: string }>(
        'GET',
        withQuery(path`/api/groups/${group}/mail/messages`, { limit: String(atOnce), state, cursor }),
        { signal },
      )
      return { rows: messages, nextCursor }
    },
    placeholderData: keepPreviousData,
    refetchInterval: 3000,
  })

export const messageQuery = (group: string, message: string) =>
  queryOptions({
    queryKey: ['group', group, 'mail', 'message', message],
    queryFn: ({ signal }) =>
      ask<MailWithAttempts>('GET', path`/api/groups/${group}/mail/messages/${message}`, { signal }),
    refetchInterval: 3000,
  })

export const templatesQuery = (group: string) =>
  queryOptions({
    queryKey: ['group', group, 'mail', 'templates'],
    queryFn: async ({ signal }) =>
      (
        await ask<{ templates: readonly MailTemplate[] }>('GET', path`/api/groups/${group}/mail/templates`, {
          signal,
        })
      ).templates,
    staleTime: 60_000,
  })
