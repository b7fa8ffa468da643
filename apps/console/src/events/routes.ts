/**
 * @module
 */
import type { Store, StoredEvent } from '@sallygate/store'
import { z } from 'zod'
import { groupsOf } from '../audit/routes.ts'
import { csvOf } from '../http/csv.ts'
import type { Actor } from '../http/policy.ts'
import { nextCursor, pageByNumber, pageQuery, readNumberCursor } from '../http/paging.ts'
import { defineRoute, type Route } from '../http/route.ts'
import type { OrganizationGroups } from '../organization-groups/organization-groups.ts'
import { catalogue, categories, kindOf, severities } from './catalogue.ts'

const eventSchema = z.strictObject({
  number: z.number().int(),
  id: z.string(),
  name: z.string(),
  at: z.iso.datetime(),
  severity: z.enum(severities),
  category: z.enum(categories),
  says: z.string(),
  fix: z.string().optional(),
  about: z.string().optional(),
  group: z.string().optional(),
  details: z.record(z.string(), z.union([z.string(), z.number(), z.boolean()])),
})

const moment = z.iso.datetime({ offset: true }).transform((text) => new Date(text))

const eventsQuery = z.strictObject({
  ...pageQuery(100),
  /** At least this bad. */
  severity: z.enum(severities).optional(),
  category: z.enum(categories).optional(),
  id: z
    .string()
    .regex(/^SG-\d{4}$/, 'SG- and four digits')
    .optional(),
  since: moment.optional(),
  until: moment.optional(),
  /** In what it is about, its details or its number; capital letters make no difference. */
  text: z.string().min(1).max(200).optional(),
})

/** As many as there are: what is exported is for a file, and not for a page. */
const exportQuery = eventsQuery.extend({
  limit: z
    .string()
    .regex(/^(?:[1-9]\d{0,3}|10000)$/, 'a number from 1 to 10000')
    .default('10000')
    .transform(Number),
})

const kindSchema = eventSchema.pick({ id: true, name: true, severity: true, category: true, says: true, fix: true })

export function eventRoutes(parts: { store: Store; groups: OrganizationGroups }): readonly Route[] {
  const find = async (query: z.output<typeof eventsQuery>, actor: Actor) => {
    const { limit, cursor, severity, ...filter } = query
    const found = await parts.store.events.list({
      ...filter,
      severities: severity === undefined ? undefined : severities.slice(severities.indexOf(severity)),
      groups: await groupsOf(parts.groups, actor),
      before: readNumberCursor(cursor),
      limit: limit + 1,
    })
    return pageByNumber(found, ({ number }) => number, limit)
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
      handler: async ({ query, actor }) => {
        const { items, ...more } = await find(query, actor)
        return { events: items.map(present), ...more }
      },
    }),
    defineRoute({
      method: 'GET',
      path: '/api/events/export',
      policy: 'events:read',
      scope: 'own',
      says: 'The same as CSV, for a spreadsheet, up to 10,000 at once. What would be a formula there is text.',
      query: exportQuery,
      result: z.string(),
      produces: 'csv',
      handler: async ({ query, actor }) => csvOf(columns, (await find(query, actor)).items.map(csvRow)),
    }),
    defineRoute({
      method: 'GET',
      path: '/api/events/export-lines',
      policy: 'events:read',
      scope: 'own',
      says: 'The same as JSON, one event a line, up to 10,000 at once: for programs that read logs.',
      query: exportQuery,
      result: z.string(),
      produces: 'jsonLines',
      handler: async ({ query, actor }) =>
        (await find(query, actor)).items.map((event) => `${JSON.stringify(present(event))}\n`).join(''),
    }),
    defineRoute({
      method: 'GET',
      path: '/api/events/catalogue',
      policy: 'events:read',
      scope: 'own',
      says: 'Lists every event there can be. A number never changes its meaning.',
      result: z.strictObject({ kinds: z.array(kindSchema) }),
      handler: () => ({
        kinds: Object.entries(catalogue).map(([name, kind]) => ({ name, ...kind })),
      }),
    }),
  ]
}

const columns = ['number', 'at', 'id', 'severity', 'category', 'about', 'says', 'details']

function csvRow(event: StoredEvent): readonly string[] {
  const { number, at, id, severity, category, about = '', says, details } = present(event)
  const facts = Object.entries(details).map(([name, value]) => `${name}: ${value}`)
  return [String(number), at, id, severity, category, about, says, facts.join('; ')]
}

function present({ number, id, at, severity, category, about, group, details }: StoredEvent) {
  const kind = kindOf(id)
  return {
    number,
    id,
    name: kind?.name ?? id,
    at: at.toISOString(),
    severity: severity as (typeof severities)[number],
    category: category as (typeof categories)[number],
    says: kind?.says ?? 'An event of a later version.',
    ...(kind?.fix === undefined ? {} : { fix: kind.fix }),
    ...(about === '' ? {} : { about }),
    ...(group === undefined ? {} : { group }),
    details: { ...details },
  }
}
