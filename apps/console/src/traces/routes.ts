/**
 * @module
 */
import type { Clock } from '@sallygate/base/clock'
import type { Log } from '@sallygate/base/log'
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
import type { ConnectionTests, Started } from './connection-tests.ts'
import type { TestLimit } from './test-limit.ts'
import { traceSchema, type TraceTarget } from './trace.ts'

/** GET /api/traces/:trace shows it: what is finished of it while it is running, all of it afterwards. */
const startedSchema = z.strictObject({
  trace: z.string(),
  state: traceSchema.shape.state,
  /** Once it is over. */
  verdict: traceSchema.shape.verdict.optional(),
})

/** Without waiting the answer comes at once, and the trace is asked for while it grows. */
const waiting = { wait: z.boolean().default(true) }

/** Nothing that is tested takes as long. */
const longestMs = 120_000

/** Unknown members are dropped, and so are the hops. */
const summarySchema = z.object(traceSchema.omit({ hops: true }).shape)

export interface TraceRouteParts {
  readonly clock: Clock
  readonly log: Log
  readonly groups: OrganizationGroups
  readonly book: InstanceBook
  readonly services: ServiceBook
  readonly serving: Serving
  readonly tests: ConnectionTests
  readonly testLimit: TestLimit
}

export function traceRoutes(parts: TraceRouteParts): readonly Route[] {
  const { groups, book, services, serving, tests } = parts
  const limited = async (
    { actor, signal, body }: { actor: Actor; signal: AbortSignal; body: { readonly wait: boolean } },
    run: (signal: AbortSignal) => Started,
  ) => {
    parts.testLimit.take(`${actor.kind} ${actor.id}`)
    if (body.wait) {
      const { id: trace, verdict, state } = await run(signal).done
      return { trace, state, verdict }
    }
    const over = new AbortController()
    const timer = parts.clock.after(longestMs, () => over.abort(), { background: true })
    const { id: trace, done } = run(over.signal)
    done
      .catch((error: unknown) => parts.log.error('test failed', { trace, error }))
      .finally(() => timer.cancel())
      .catch(() => undefined)
    return { trace, state: 'running' as const }
  }
  return [
    defineRoute({
      method: 'POST',
      path: '/api/relay/test',
      policy: 'traces:edit',
      says: 'Tests the relay hop by hop: every step there, and once through it and back. Ten tests a minute at most.',
      body: optionalBody(z.strictObject(waiting)),
      result: startedSchema,
      handler: (call) => limited(call, (signal) => tests.relay(signal)),
    }),
    defineRoute({
      method: 'POST',
      path: '/api/groups/:group/connectors/:connector/test',
      policy: 'traces:edit',
      says: 'Tests a connector hop by hop: the relay, its session, its gate, and what it finds when it looks at itself.',
      params: connectorParams,
      body: optionalBody(z.strictObject(waiting)),
      result: startedSchema,
      handler: async (call) => {
        const { id } = await visibleGroup(groups, call.params.group, call.actor)
        const entry = findConnector(book, id, call.params.connector)
        return limited(call, (signal) => tests.connector(entry, signal))
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
          ...waiting,
        }),
      ),
      result: startedSchema,
      handler: async (call) => {
        const { params, body } = call
        const { id } = await visibleGroup(groups, params.group, call.actor)
        services.contract(params.service)
        const only =
          body.connector === undefined ? undefined : findConnector(book, await serving.nearest(id), body.connector)
        return limited(call, (signal) => tests.service(id, params.service, only, signal))
      },
    }),
    defineRoute({
      method: 'GET',
      path: '/api/traces/:trace',
      policy: 'traces:read',
      scope: 'own',
      says: 'Shows the trace of a test, also while it is running: the hops that are finished so far. The newest 50 of every target are kept.',
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
      path: '/api/relay/traces',
      policy: 'traces:read',
      says: 'Lists the newest tests of the relay.',
      query: z.strictObject(pageQuery(50)),
      result: z.strictObject({ traces: z.array(summarySchema), nextCursor }),
      handler: async ({ query }) => {
        const { traces, ...more } = await tests.list(undefined, { kind: 'relay', name: 'relay' }, query)
        return { traces: traces.map((trace) => summarySchema.parse(trace)), ...more }
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
