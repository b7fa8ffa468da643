/**
 * @module
 */
import { z } from 'zod'
import { defineRoute, type Route } from '../http/route.ts'
import type { Metrics } from './metrics.ts'

export function metricsRoutes({ metrics }: { readonly metrics: Pick<Metrics, 'page'> }): readonly Route[] {
  return [
    defineRoute({
      method: 'GET',
      path: '/api/metrics',
      policy: 'status:read',
      says: 'What this console does and how it is, for Prometheus. Its API key needs `status:read` over everything and no more.',
      result: z.string(),
      produces: 'metrics',
      handler: () => metrics.page(),
    }),
  ]
}
