/**
 * Where an administrator is signed in, for those who look after accounts.
 *
 * @module
 */
import { z } from 'zod'
import { defineRoute, type Route } from '../http/route.ts'
import { adminParams } from './account-schema.ts'
import type { Accounts } from './accounts.ts'
import { listedSessionSchema, presentSession, sessionIdSchema } from './session-schema.ts'

export interface AccountSessionRouteParts {
  readonly admins: { readonly accounts: Accounts }
}

export function accountSessionRoutes({ admins }: AccountSessionRouteParts): readonly Route[] {
  return [
    defineRoute({
      method: 'GET',
      path: '/api/admins/:admin/sessions',
      policy: 'admins:read',
      scope: 'own',
      says: 'Lists where an administrator is signed in: since when, with which browser, over IPv4 or IPv6.',
      params: adminParams,
      pages: { of: 'sessions', by: ['startedAt', 'id'] },
      result: z.strictObject({ sessions: z.array(listedSessionSchema) }),
      handler: async ({ params, actor, connection }) => {
        const sessions = await admins.accounts.sessions(actor, params.admin, connection.session)
        return { sessions: sessions.map(presentSession) }
      },
    }),
    defineRoute({
      method: 'DELETE',
      path: '/api/admins/:admin/sessions/:session',
      policy: 'admins:edit',
      scope: 'own',
      says: 'Ends one session of an administrator, by the id it is listed under. Resetting the account ends all.',
      params: z.strictObject({ ...adminParams.shape, session: sessionIdSchema }),
      result: z.strictObject({}),
      handler: async ({ params, actor }) => {
        await admins.accounts.endSession(actor, params.admin, params.session)
        return {}
      },
    }),
  ]
}
