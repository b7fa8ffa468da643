/**
 * Where else one is signed in, and how to end that.
 *
 * @module
 */
import type { Store } from '@sallygate/store'
import { z } from 'zod'
import { consoleFailure } from '../failures.ts'
import { defineRoute, type Route } from '../http/route.ts'
import { listedSessionSchema, presentSession, sessionIdSchema } from './session-schema.ts'

export function ownSessionRoutes({ store }: { readonly store: Store }): readonly Route[] {
  return [
    defineRoute({
      method: 'GET',
      path: '/api/session/all',
      policy: 'proven',
      says: 'Lists where the caller is signed in, the session used last first; an account has twenty at most.',
      result: z.strictObject({ sessions: z.array(listedSessionSchema) }),
      handler: async ({ actor, connection }) => {
        if (actor.kind !== 'admin') return { sessions: [] }
        return { sessions: (await store.sessions.list(actor.id, connection.session)).map(presentSession) }
      },
    }),
    defineRoute({
      method: 'DELETE',
      path: '/api/session/others',
      policy: 'proven',
      says: 'Ends every session of the caller but the one that asks.',
      result: z.strictObject({}),
      handler: async ({ actor, connection }) => {
        if (actor.kind !== 'admin') throw consoleFailure('NOT_FOUND')
        await store.sessions.endAll(actor.id, connection.session)
        return {}
      },
    }),
    defineRoute({
      method: 'DELETE',
      path: '/api/session/all/:session',
      policy: 'proven',
      says: 'Ends one session of the caller, by the id it is listed under; also the one that asks.',
      params: z.strictObject({ session: sessionIdSchema }),
      result: z.strictObject({}),
      handler: async ({ actor, params }) => {
        const isEnded = actor.kind === 'admin' && (await store.sessions.endOne(actor.id, params.session))
        if (!isEnded) throw consoleFailure('NOT_FOUND')
        return {}
      },
    }),
  ]
}
