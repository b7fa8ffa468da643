/**
 * @module
 */
import { spanSchema } from '@sallygate/service-kit'
import { z } from 'zod'
import { contracts } from '../contracts.ts'
import type { InstanceBook } from '../connectors/instance-book.ts'
import { consoleFailure } from '../failures.ts'
import { defineRoute, type Route } from '../http/route.ts'
import type { OrganizationGroups } from '../organization-groups/organization-groups.ts'
import { visibleGroup } from '../organization-groups/policy.ts'
import { groupParams } from '../organization-groups/schema.ts'
import { findConnector } from '../connectors/policy.ts'
import type { Serving } from '../connectors/serving.ts'
import { longestDeadlineMs, type Caller } from './caller.ts'

const callSchema = z.strictObject({
  operation: z.string().min(1).max(64),
  parameters: z.unknown().optional(),
  deadlineMs: z.number().int().min(1).max(longestDeadlineMs).optional(),
  component: z.enum(['deviceServices', 'deviceManagement', 'selfService', 'other']).optional(),
  /** Only this connector, by id or name. */
  connector: z.string().min(1).max(256).optional(),
})

const callResultSchema = z.strictObject({
  result: z.unknown(),
  connector: z.strictObject({ id: z.string(), name: z.string() }),
  durationMs: z.number(),
  attempts: z.number().int(),
  spans: z.array(spanSchema),
})

/** A look-up is in the request log, as every call is. What may change something is in the audit log as well, with who asked. */
function isLookUp(operation: string): boolean {
  return contracts.rows.some((row) => row.name === operation && row.class === 'R')
}

function takesDraft(operation: string): boolean {
  return contracts.rows.some((row) => row.name === operation && row.operation.draft !== undefined)
}

export function callRoutes(parts: {
  groups: OrganizationGroups
  caller: Caller
  book: InstanceBook
  serving: Serving
}): readonly Route[] {
  return [
    defineRoute({
      method: 'POST',
      path: '/api/groups/:group/call',
      policy: 'calls:edit',
      says: 'Calls an operation of a service through a connector of the group, and waits for its answer.',
      params: groupParams,
      body: callSchema,
      result: callResultSchema,
      changes: ({ operation }) => !isLookUp(operation),
      handler: async ({ params, body, actor, signal }) => {
        const { id } = await visibleGroup(parts.groups, params.group, actor)
        // Settings are pushed from what is stored, or a connector would run on what nobody can see.
        if (body.operation === 'instance.configure') throw consoleFailure('OPERATION_UNKNOWN')
        // What takes unsaved settings, or shows more than they map, is for those who may edit them: it has routes of its own.
        if (takesDraft(body.operation)) throw consoleFailure('OPERATION_UNKNOWN')
        const instance =
          body.connector === undefined
            ? undefined
            : findConnector(parts.book, await parts.serving.nearest(id), body.connector).id
        const { deadlineMs, component } = body
        const answer = await parts.caller.call(id, body.operation, body.parameters ?? {}, {
          deadlineMs,
          component,
          instance,
          signal,
        })
        return { ...answer, connector: { ...answer.connector }, spans: [...answer.spans] }
      },
    }),
  ]
}
