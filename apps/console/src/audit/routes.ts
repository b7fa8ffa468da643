/**
 * @module
 */
import { toHex } from '@sallygate/base/bytes'
import { printHead, type AuditEntry, type AuditRow, type LogHead, type LogVerdict, type Store } from '@sallygate/store'
import { z } from 'zod'
import { consoleFailure } from '../failures.ts'
import { nextCursor, pageByNumber, pageQuery, readNumberCursor } from '../http/paging.ts'
import { isInstallationWide, type Actor } from '../http/policy.ts'
import { defineRoute, type Route } from '../http/route.ts'
import type { OrganizationGroups } from '../organization-groups/organization-groups.ts'
import { visibleGroups } from '../organization-groups/policy.ts'
import { csvOf } from '../http/csv.ts'
import type { AuditHeads } from './audit-heads.ts'

const entrySchema = z.strictObject({
  position: z.number().int(),
  at: z.iso.datetime(),
  actor: z.strictObject({
    kind: z.string(),
    id: z.string(),
    name: z.string(),
  }),
  source: z.string(),
  action: z.string(),
  object: z.string(),
  group: z.string().optional(),
  note: z.string().optional(),
  /** `done`, the code of a failure, or `unknown`: the console stopped before it could say. */
  outcome: z.string(),
  endedAt: z.iso.datetime().optional(),
  traceId: z.string(),
  inputDigest: z.string().optional(),
  outputDigest: z.string().optional(),
  hash: z.string(),
})

const moment = z.iso.datetime({ offset: true }).transform((text) => new Date(text))

const filters = {
  /** Name or id. */
  actor: z.string().min(1).max(256).optional(),
  /** An action, or how it begins. */
  action: z.string().min(1).max(200).optional(),
  object: z.string().min(1).max(500).optional(),
  since: moment.optional(),
  until: moment.optional(),
}

const auditQuery = z.strictObject({ ...pageQuery(100), ...filters })

export const verdictSchema = z.strictObject({
  ok: z.boolean(),
  rows: z.number().int(),
  /** Position and hash of the last row; left elsewhere, it shows when rows were cut off later. */
  head: z.string().optional(),
  says: z.string().optional(),
})

export interface AuditRouteParts {
  readonly store: Store
  readonly groups: OrganizationGroups
  readonly records: { readonly heads: AuditHeads }
}

export function auditRoutes(parts: AuditRouteParts): readonly Route[] {
  const find = async (query: z.output<typeof auditQuery>, actor: Actor) => {
    const { limit, cursor, ...filter } = query
    const groups = await groupsOf(parts.groups, actor)
    const before = readNumberCursor(cursor)
    const found = await parts.store.auditLog.list({ ...filter, groups, before, limit: limit + 1 })
    return pageByNumber(found, ({ position }) => position, limit)
  }
  return [
    defineRoute({
      method: 'GET',
      path: '/api/audit',
      policy: 'audit:read',
      scope: 'own',
      says: 'Lists who changed what, newest first.',
      query: auditQuery,
      result: z.strictObject({ entries: z.array(entrySchema), nextCursor }),
      handler: async ({ query, actor }) => {
        const { items, ...more } = await find(query, actor)
        return { entries: items.map(present), ...more }
      },
    }),
    defineRoute({
      method: 'GET',
      path: '/api/audit/export',
      policy: 'audit:read',
      scope: 'own',
      says: 'The same as CSV, for a spreadsheet. What would be a formula there is text.',
      query: auditQuery,
      result: z.string(),
      produces: 'csv',
      handler: async ({ query, actor }) => {
        const { items } = await find({ ...query }, actor)
        return csvOf(columns, items.map(csvRow))
      },
    }),
    defineRoute({
      method: 'GET',
      path: '/api/audit/verify',
      policy: 'audit:read',
      says: 'Checks the chain of the audit log: a row that was changed, moved or removed is found; with heads that were left with connectors, also a cut end.',
      query: z.strictObject({
        /** Signed heads, separated by commas. */
        heads: z.string().max(12_000).optional(),
      }),
      result: verdictSchema,
      handler: async ({ query }) => {
        const known = await Promise.all((query.heads?.split(',') ?? []).map((head) => knownHead(parts, head)))
        return presentVerdict(await parts.store.auditLog.verify(known))
      },
    }),
  ]
}

async function knownHead({ records }: AuditRouteParts, written: string): Promise<LogHead> {
  const head = await records.heads.read(written)
  if (head === undefined)
    throw consoleFailure('INVALID_REQUEST', { details: { field: 'heads', expected: 'heads that this console signed' } })
  return head
}

/** `undefined`: of all of them, and of what belongs to none. */
export async function groupsOf(groups: OrganizationGroups, actor: Actor): Promise<readonly string[] | undefined> {
  return isInstallationWide(actor) ? undefined : (await visibleGroups(groups, actor)).map(({ id }) => id)
}

function present(entry: AuditEntry): z.input<typeof entrySchema> {
  const { ended, group, note, inputDigest, outputDigest = ended?.outputDigest } = entry
  return {
    position: entry.position,
    at: entry.at.toISOString(),
    actor: { kind: entry.actorKind, id: entry.actorId, name: entry.actorName },
    source: entry.source,
    action: entry.action,
    object: ended?.object ?? entry.object,
    ...(group === undefined ? {} : { group }),
    ...(note === undefined ? {} : { note }),
    outcome: outcomeOf(entry, ended),
    ...(ended === undefined ? {} : { endedAt: ended.at.toISOString() }),
    traceId: entry.traceId,
    ...(inputDigest === undefined ? {} : { inputDigest: toHex(inputDigest) }),
    ...(outputDigest === undefined ? {} : { outputDigest: toHex(outputDigest) }),
    hash: toHex(entry.hash),
  }
}

function outcomeOf({ outcome }: AuditRow, ended: AuditRow | undefined): string {
  return ended?.outcome ?? (outcome === 'begun' ? 'unknown' : outcome)
}

const columns = ['position', 'at', 'actor', 'source', 'action', 'object', 'note', 'outcome', 'traceId']

function csvRow(entry: AuditEntry): readonly string[] {
  const { position, at, actor, source, action, object, note, outcome, traceId } = present(entry)
  return [String(position), at, actor.name, source, action, object, note ?? '', outcome, traceId]
}

const broken = {
  missing: 'A row is missing.',
  changed: 'A row was changed.',
  cutOff: 'Rows at the end are missing.',
  otherHistory: 'The log is not the one that was seen before.',
} as const

/** Of any chained log. */
export function presentVerdict(verdict: LogVerdict): z.infer<typeof verdictSchema> {
  if (verdict.kind === 'intact') return { ok: true, rows: verdict.head.position, head: printHead(verdict.head) }
  return { ok: false, rows: verdict.position - 1, says: `${broken[verdict.reason]} Position ${verdict.position}.` }
}
