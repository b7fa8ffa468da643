/**
 * @module
 */
import type { Readable } from 'node:stream'
import type { Store } from '@sallygate/store'
import { z } from 'zod'
import type { Actor } from '../http/policy.ts'
import { nextCursor, pageByNumber, readNumberCursor } from '../http/paging.ts'
import { defineRoute, type Route } from '../http/route.ts'
import type { OrganizationGroups } from '../organization-groups/organization-groups.ts'
import { catalogue, eventServices, type EventKind } from './catalogue.ts'
import { csv, exportOf, jsonLines, type ExportFormat } from './export.ts'
import { eventSchema, presentEvent } from './present.ts'
import { eventsQuery, exportQuery, filterOf } from './query.ts'

const kindSchema = eventSchema
  .pick({ id: true, name: true, severity: true, category: true, says: true, fix: true })
  .extend({ service: z.enum(eventServices).optional() })

/** Written out as it is read. */
const written = z.custom<Readable>()

export function eventRoutes({ store, groups }: { store: Store; groups: OrganizationGroups }): readonly Route[] {
  const exported = (format: ExportFormat) => async (call: { query: z.output<typeof exportQuery>; actor: Actor }) => {
    const { limit = Number.MAX_SAFE_INTEGER, cursor, ...asked } = call.query
    const filter = await filterOf(groups, asked, call.actor)
    return exportOf(store.events, { ...filter, before: readNumberCursor(cursor) }, limit, format)
  }
  return [
    defineRoute({
      method: 'GET',
      path: '/api/events',
      policy: 'events:read',
      scope: 'own',
      says: 'Lists what happened that somebody may have to know, newest first.',
      query: eventsQuery,
      result: z.strictObject({ events: z.array(eventSchema), nextCursor }),
      handler: async ({ query: { limit, cursor, ...asked }, actor }) => {
        const filter = await filterOf(groups, asked, actor)
        const found = await store.events.list({ ...filter, before: readNumberCursor(cursor), limit: limit + 1 })
        const { items, ...more } = pageByNumber(found, ({ number }) => number, limit)
        return { events: items.map(presentEvent), ...more }
      },
    }),
    defineRoute({
      method: 'GET',
      path: '/api/events/export',
      policy: 'events:read',
      scope: 'own',
      says: 'The same as CSV, for a spreadsheet: all of them, unless a limit is set. What would be a formula there is text.',
      query: exportQuery,
      result: written,
      produces: 'csv',
      handler: exported(csv),
    }),
    defineRoute({
      method: 'GET',
      path: '/api/events/export-lines',
      policy: 'events:read',
      scope: 'own',
      says: 'The same as JSON, one event a line: for programs that read logs.',
      query: exportQuery,
      result: written,
      produces: 'jsonLines',
      handler: exported(jsonLines),
    }),
    defineRoute({
      method: 'GET',
      path: '/api/events/catalogue',
      policy: 'events:read',
      scope: 'own',
      says: 'Lists every event there can be. A number never changes its meaning.',
      result: z.strictObject({ kinds: z.array(kindSchema) }),
      handler: () => ({
        kinds: Object.entries<EventKind>(catalogue).map(([name, kind]) => ({ name, ...kind })),
      }),
    }),
  ]
}
