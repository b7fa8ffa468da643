/**
 * @module
 */
import { z } from 'zod'
import type { InstanceBook } from '../connectors/instance-book.ts'
import { findConnector } from '../connectors/policy.ts'
import { connectorParams } from '../connectors/schema.ts'
import type { Serving } from '../connectors/serving.ts'
import { consoleFailure } from '../failures.ts'
import { nextCursor, pageQuery } from '../http/paging.ts'
import { optionalBody } from '../http/optional-body.ts'
import { isInstallationWide, type Actor } from '../http/policy.ts'
import { defineRoute, type Route } from '../http/route.ts'
import type { OrganizationGroups } from '../organization-groups/organization-groups.ts'
import { visibleGroup } from '../organization-groups/policy.ts'
import { groupParams } from '../organization-groups/schema.ts'
import { serviceParams } from '../services/schema.ts'
import type { ServiceBook } from '../services/service-book.ts'
import type { ConnectionTests } from './connection-tests.ts'
import type { TestLimit } from './test-limit.ts'
import { traceSchema, type Trace, type TraceTarget } from './trace.ts'

/** The test has ended; GET /api/traces/:trace shows it. */
const startedSchema = z.strictObject({ trace: z.string(), verdict: traceSchema.shape.verdict })

/** Unknown members are dropped, and so are the hops. */
const summarySchema = z.object(traceSchema.omit({ hops: true }).shape)

export interface TraceRouteParts {
  readonly groups: OrganizationGroups
  readonly book: InstanceBook
  readonly services: ServiceBook
  readonly serving: Serving
  readonly tests: ConnectionTests
  readonly testLimit: TestLimit
}

export function traceRoutes(parts: TraceRouteParts): readonly Route[] {
  const { groups, book, services, serving, tests } = parts
  const limited = async (actor: Actor, run: () => Promise<Trace>) => {
    parts.testLimit.take(`${actor.kind} ${actor.id}`)
    const { id, verdict } = await run()
    return { trace: id, verdict }
  }
  return [
    defineRoute({
      method: 'POST',
      path: '/api/relay/test',
      policy: 'traces:edit',
      says: 'Tests the relay hop by hop: every step there, and once through it and back. Ten tests a minute at most.',
      result: startedSchema,
      handler: ({ actor, signal }) => limited(actor, () => tests.relay(signal)),
    }),
    defineRoute({
      method: 'POST',
      path: '/api/groups/:group/connectors/:connector/test',
      policy: 'traces:edit',
      says: 'Tests a connector hop by hop: the relay, its session, its gate, and what it finds when it looks at itself.',
      params: connectorParams,
      result: startedSchema,
      handler: async ({ params, actor, signal }) => {
        const { id } = await visibleGroup(groups, params.group, actor)
        const entry = findConnector(book, id, params.connector)
        return limited(actor, () => tests.connector(entry, signal))
      },
    }),
    defineRoute({
      method: 'POST',
      path: '/api/groups/:group/services/:service/test',
      policy: 'traces:edit',
      says: 'Tests a service hop by hop, from this console to one answer of the system behind the gate.',
      params: serviceParams,
      body: optionalBody(
        z.strictObject({
          /** Through this connector, by id or name; otherwise one that takes work. */
          connector: z.string().min(1).max(256).optional(),
        }),
      ),
      result: startedSchema,
      handler: async ({ params, body, actor, signal }) => {
        const { id } = await visibleGroup(groups, params.group, actor)
        services.contract(params.service)
        const only =
          body.connector === undefined ? undefined : findConnector(book, await serving.nearest(id), body.connector)
        return limited(actor, () => tests.service(id, params.service, only, signal))
      },
    }),
    defineRoute({
      method: 'GET',
      path: '/api/traces/:trace',
      policy: 'traces:read',
      scope: 'own',
      says: 'Shows the trace of a test. The newest 50 of every target are kept.',
      params: z.strictObject({ trace: z.string().regex(/^[0-9a-f]{32}$/, '32 lower-case hex characters') }),
      result: traceSchema,
      handler: async ({ params, actor }) => {
        const trace = await tests.find(params.trace)
        if (trace === undefined) throw consoleFailure('NOT_FOUND')
        const { group } = trace.target
        if (group !== undefined) await visibleGroup(groups, group, actor)
        else if (!isInstallationWide(actor)) throw consoleFailure('NOT_FOUND')
        return trace
      },
    }),
    defineRoute({
      method: 'GET',
      path: '/api/groups/:group/traces',
      policy: 'traces:read',
      says: 'Lists the newest traces of a group, or of one target: connector/<id or name> or service/<name>.',
      params: groupParams,
      query: z.strictObject({
        ...pageQuery(50),
        target: z
          .string()
          .max(300)
          .regex(/^(?:connector|service)\/.+$/, 'connector/<id or name> or service/<name>')
          .optional(),
      }),
      result: z.strictObject({ traces: z.array(summarySchema), nextCursor }),
      handler: async ({ params, query, actor }) => {
        const { id } = await visibleGroup(groups, params.group, actor)
        const { traces, ...more } = await tests.list(id, targetOf(parts, id, query.target), query)
        return { traces: traces.map((trace) => summarySchema.parse(trace)), ...more }
      },
    }),
  ]
}

function targetOf({ book, services }: TraceRouteParts, group: string, text: string | undefined) {
  if (text === undefined) return undefined
  const at = text.indexOf('/')
  const [kind, name] = [text.slice(0, at), text.slice(at + 1)]
  if (kind === 'connector') {
    const { id } = findConnector(book, group, name)
    return { kind, name, id, group } satisfies TraceTarget
  }
  services.contract(name)
  return { kind: 'service', name, group } satisfies TraceTarget
}
