/**
 * @module
 */
import { z } from 'zod'
import type { Actor } from '../http/policy.ts'
import { defineRoute, type Route } from '../http/route.ts'
import { version } from '../version.ts'
import { frontPage } from './front-page.ts'
import { statusSchema } from './schema.ts'

export type ConsoleStatus = z.infer<typeof statusSchema>

export function statusRoutes(status: (actor: Actor) => Promise<ConsoleStatus>): readonly Route[] {
  return [
    defineRoute({
      method: 'GET',
      path: '/',
      policy: 'public',
      says: 'A page for a person who finds the console with a browser.',
      result: z.string(),
      produces: 'html',
      handler: () => frontPage(version),
    }),
    defineRoute({
      method: 'GET',
      path: '/health',
      policy: 'public',
      says: 'Says that the console runs.',
      result: z.strictObject({ status: z.literal('up'), version: z.string() }),
      handler: () => ({ status: 'up' as const, version }),
    }),
    defineRoute({
      method: 'GET',
      path: '/api/status',
      policy: 'status:read',
      scope: 'own',
      says: 'How the console, its relay and its connectors are, and what needs attention.',
      result: statusSchema,
      handler: ({ actor }) => status(actor),
    }),
  ]
}
