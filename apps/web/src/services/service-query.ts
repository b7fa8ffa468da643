/**
 * An enterprise service of a group, as screens ask for it.
 *
 * @module
 */
import { queryOptions } from '@tanstack/react-query'
import { ask, path } from '../api/client.ts'
import type { Service } from '../api/service-shapes.ts'

export type ServiceName = 'directory' | 'mail' | 'syslog'

export const serviceQuery = (group: string, service: ServiceName) =>
  queryOptions({
    queryKey: ['group', group, 'services', service],
    queryFn: ({ signal }) => ask<Service>('GET', path`/api/groups/${group}/services/${service}`, { signal }),
    refetchInterval: 3000,
  })
