/**
 * Where else one is signed in, and how to end that.
 *
 * @module
 */
import type { Store } from '@sallygate/store'
import { z } from 'zod'
import { consoleFailure } from '../failures.ts'
import { defineRoute, type Route } from '../http/route.ts'

const when = z.iso.datetime()

export function ownSessionRoutes({ store }: { readonly store: Store }): readonly Route[] {
  return [
    defineRoute({
      method: 'GET',
      path: '/api/session/all',
      policy: 'proven',
      says: 'Lists where the caller is signed in, the session used last first; an account has twenty at most.',
      result: z.strictObject({
        sessions: z.array(z.strictObject({ startedAt: when, lastSeenAt: when, expiresAt: when, isThis: z.boolean() })),
      }),
      handler: async ({ actor, connection }) => {
        if (actor.kind !== 'admin') return { sessions: [] }
        const sessions = await store.sessions.list(actor.id, connection.session)
        return {
          sessions: sessions.map(({ createdAt, lastSeenAt, expiresAt, isThis }) => ({
            startedAt: createdAt.toISOString(),
            lastSeenAt: lastSeenAt.toISOString(),
            expiresAt: expiresAt.toISOString(),
            isThis,
          })),
        }
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
  ]
}
