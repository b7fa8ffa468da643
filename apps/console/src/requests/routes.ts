/**
 * @module
 */
import { toHex } from '@sallygate/base/bytes'
import { printHead, type LogVerdict, type Store } from '@sallygate/store'
import { z } from 'zod'
import type { RequestJournal } from './request-journal.ts'
import type { InstanceBook } from '../connectors/instance-book.ts'
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

const verdictSchema = z.strictObject({
  ok: z.boolean(),
  rows: z.number().int(),
  /** Position and hash of the last row; left elsewhere, it shows when rows were cut off later. */
  head: z.string().optional(),
  says: z.string().optional(),
})

const limitSchema = z.strictObject({
  limit: z
    .string()
    .regex(/^[1-9]\d{0,2}$/, 'a number from 1 to 999')
    .default('50')
    .transform(Number),
})

/** Rows of other groups are in between; so many are looked through at most. */
const mostLookedThrough = 20_000

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
      query: limitSchema,
      result: z.strictObject({ requests: z.array(requestSchema) }),
      handler: async ({ params, query, actor }) => {
        const { id } = await visibleGroup(groups, params.group, actor)
        await journal.flush()
        const rows = await newestOf(store, id, query.limit)
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

async function newestOf(store: Store, group: string, limit: number) {
  const found = []
  let before: number | undefined
  for (let seen = 0; seen < mostLookedThrough && found.length < limit;) {
    const rows = await store.requestLog.list({ limit: 500, ...(before === undefined ? {} : { before }) })
    const last = rows.at(-1)
    if (last === undefined) break
    found.push(...rows.filter((row) => row.group === group))
    before = last.position
    seen += rows.length
  }
  return found.slice(0, limit)
}

const broken = {
  missing: 'A row is missing.',
  changed: 'A row was changed.',
  cutOff: 'Rows at the end are missing.',
  otherHistory: 'The log is not the one that was seen before.',
} as const

function presentVerdict(verdict: LogVerdict): z.infer<typeof verdictSchema> {
  if (verdict.kind === 'intact') return { ok: true, rows: verdict.head.position, head: printHead(verdict.head) }
  return { ok: false, rows: verdict.position - 1, says: `${broken[verdict.reason]} Position ${verdict.position}.` }
}
