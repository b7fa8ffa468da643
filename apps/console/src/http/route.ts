/**
 * A route: one row of the console's API.
 *
 * The row is all there is to know about it: who may call, what goes in, what comes
 * out, and one sentence for docs/api.md. A row without a policy does not compile.
 *
 * @module
 */
import type { SessionOrigin } from '@sallygate/store'
import { z } from 'zod'
import { listQuery, nextCursor, paged, type Pages } from './paging.ts'
import type { Actor, Policy, Scope } from './policy.ts'

export type Method = 'GET' | 'POST' | 'PUT' | 'DELETE'

/** `file`: the handler answers a `SentFile`. `metrics`: text as Prometheus reads it. */
export type Produces = 'json' | 'html' | 'css' | 'csv' | 'jsonLines' | 'metrics' | 'file'

export interface SentFile {
  readonly name: string
  readonly bytes: number
  readonly content: NodeJS.ReadableStream
}

/** The other end of the connection, for the few routes that sign somebody in or out. */
export interface Connection {
  readonly source: string
  /** What a session that begins here is known by. */
  readonly origin: SessionOrigin
  /** The token of the session cookie, proven or not. */
  readonly session: string | undefined
  setSession(token: string, expiresAt: Date): void
  clearSession(): void
}

export interface RouteCall<Params = unknown, Query = unknown, Body = unknown, A = Actor> {
  readonly params: Params
  readonly query: Query
  readonly body: Body
  readonly actor: A
  /** Aborts when the client goes away. */
  readonly signal: AbortSignal
  readonly traceId: string
  readonly connection: Connection
}

interface RouteRow<
  P extends z.ZodType,
  Q extends z.ZodType,
  B extends z.ZodType,
  R extends z.ZodType,
  W extends Policy,
> {
  readonly method: Method
  readonly path: `/${string}`
  readonly policy: W
  /** Default: `group` where the address names one, otherwise `installation`. */
  readonly scope?: Scope
  /** What it does, as a sentence for docs/api.md. */
  readonly says: string
  readonly params?: P
  readonly query?: Q
  readonly body?: B
  /** What it answers; members that are not named here never leave the console. */
  readonly result: R
  /** For a list that is whole in memory: which member it is, and what of an item makes its place in the order. */
  readonly pages?: Pages
  readonly status?: 200 | 201
  readonly produces?: Produces
  /** Whether a request changes something, and so gets its row in the audit log. Default: all but GET. */
  readonly changes?: boolean | ((body: z.output<B>) => boolean)
  /** What the audit log says beside it, where whoever asks does it for somebody else. Default: the body's `note`. */
  readonly notes?: (body: z.output<B>) => string
  readonly handler: (
    call: RouteCall<z.output<P>, z.output<Q>, z.output<B>, W extends 'public' ? undefined : Actor>,
  ) => z.output<R> | Promise<z.output<R>>
}

export interface Route {
  readonly method: Method
  readonly path: `/${string}`
  readonly policy: Policy
  readonly scope: Scope
  readonly says: string
  readonly params: z.ZodType
  readonly query: z.ZodType
  readonly body: z.ZodType | undefined
  readonly result: z.ZodType
  readonly status: 200 | 201
  readonly produces: Produces
  readonly changes: (body: unknown) => boolean
  readonly notes: ((body: unknown) => string) | undefined
  readonly handler: (call: RouteCall<unknown, unknown, unknown, Actor | undefined>) => unknown
}

const nothing = z.strictObject({})

function changing(row: boolean | ((body: never) => boolean)): (body: unknown) => boolean {
  return typeof row === 'boolean' ? () => row : (row as (body: unknown) => boolean)
}

export function defineRoute<
  W extends Policy,
  R extends z.ZodType,
  P extends z.ZodType = z.ZodObject<{}, z.core.$strict>,
  Q extends z.ZodType = z.ZodObject<{}, z.core.$strict>,
  B extends z.ZodType = z.ZodUndefined,
>(row: RouteRow<P, Q, B, R, W>): Route {
  const handler = row.handler as Route['handler']
  return {
    method: row.method,
    path: row.path,
    policy: row.policy,
    scope: row.scope ?? (row.path.includes('/:group') ? 'group' : 'installation'),
    says: row.says,
    params: row.params ?? nothing,
    query: row.pages === undefined ? (row.query ?? nothing) : listQuery,
    body: row.body,
    result: row.pages === undefined ? row.result : (row.result as unknown as z.ZodObject).extend({ nextCursor }),
    status: row.status ?? 200,
    produces: row.produces ?? 'json',
    changes: changing(row.changes ?? row.method !== 'GET'),
    notes: row.notes as Route['notes'],
    // The listener hands over what the row's own schemas made, so the types agree by construction.
    handler: row.pages === undefined ? handler : paged(handler, row.pages),
  }
}
