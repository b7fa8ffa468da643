/**
 * Around a route: what happens to every request of a kind, whichever row it is for.
 *
 * The listener puts these around each row's handler, so that no row can forget them.
 *
 * @module
 */
import type { Actor } from './policy.ts'
import type { Route, RouteCall } from './route.ts'

export interface Answer {
  readonly status: number
  readonly body: unknown
  readonly headers?: Readonly<Record<string, string>>
}

export interface Asked {
  readonly route: Route
  readonly call: RouteCall<unknown, unknown, unknown, Actor | undefined>
  /** As it was sent, with the query. */
  readonly url: string
  /** The address of the other end of the connection. */
  readonly source: string
  readonly idempotencyKey: string | undefined
}

export type Around = (asked: Asked, run: () => Promise<Answer>) => Promise<Answer>

/** The first is the outermost. */
export function nested(layers: readonly Around[], asked: Asked, run: () => Promise<Answer>): Promise<Answer> {
  return layers.reduceRight<() => Promise<Answer>>((inner, layer) => () => layer(asked, inner), run)()
}
