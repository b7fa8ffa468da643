/**
 * @module
 */
import { toHex } from '@sallygate/base/bytes'
import type { Store } from '@sallygate/store'
import { z } from 'zod'
import type { RequestJournal } from './request-journal.ts'
import { presentVerdict, verdictSchema } from '../audit/routes.ts'
import type { InstanceBook } from '../connectors/instance-book.ts'
import { nextCursor, pageByNumber, pageQuery, readNumberCursor } from '../http/paging.ts'
import { defineRoute, type Route } from '../http/route.ts'
import type { OrganizationGroups } from '../organization-groups/organization-groups.ts'
import { visibleGroup } from '../organization-groups/policy.ts'
import { groupParams } from '../organization-groups/schema.ts'

const requestSchema = z.strictObject({
  position: z.number().int(),
  at: z.iso.datetime(),
  requestId: z.string(),
  operation: z.string(),
  component: z.string(),
  outcome: z.string(),
  connector: z.string().optional(),
  requestDigest: z.string(),
  replyDigest: z.string().optional(),
})

export function requestRoutes(parts: {
  store: Store
  journal: RequestJournal
  groups: OrganizationGroups
  book: InstanceBook
}): readonly Route[] {
  const { store, journal, groups, book } = parts
  return [
    defineRoute({
      method: 'GET',
      path: '/api/groups/:group/requests',
      policy: 'requests:read',
      says: 'Lists what was asked through the connectors of a group, newest first.',
      params: groupParams,
      query: z.strictObject(pageQuery(50)),
      result: z.strictObject({ requests: z.array(requestSchema), nextCursor }),
      handler: async ({ params, query, actor }) => {
        const { id } = await visibleGroup(groups, params.group, actor)
        await journal.flush()
        const before = readNumberCursor(query.cursor)
        const found = await store.requestLog.list({
          group: id,
          limit: query.limit + 1,
          ...(before === undefined ? {} : { before }),
        })
        const { items: rows, ...more } = pageByNumber(found, ({ position }) => position, query.limit)
        return {
          requests: rows.map((row) => {
            const connector = row.instance === undefined ? undefined : (book.find(row.instance)?.name ?? row.instance)
            return {
              position: row.position,
              at: row.at.toISOString(),
              requestId: row.requestId,
              operation: row.operation,
              component: row.component,
              outcome: row.outcome,
              ...(connector === undefined ? {} : { connector }),
              requestDigest: toHex(row.requestDigest),
              ...(row.replyDigest === undefined ? {} : { replyDigest: toHex(row.replyDigest) }),
            }
          }),
          ...more,
        }
      },
    }),
    defineRoute({
      method: 'GET',
      path: '/api/requests/verify',
      policy: 'requests:read',
      says: 'Checks the chain of the request log: a row that was changed or removed is found.',
      result: verdictSchema,
      handler: async () => {
        await journal.flush()
        return presentVerdict(await store.requestLog.verify())
      },
    }),
  ]
}
