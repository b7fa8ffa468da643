/**
 * Syslog targets, as screens ask for them.
 *
 * @module
 */
import { queryOptions } from '@tanstack/react-query'
import { ask, path } from '../api/client.ts'
import type { ShownTarget } from '../api/syslog-shapes.ts'

export const targetsQuery = (group: string) =>
  queryOptions({
    queryKey: ['group', group, 'syslog', 'targets'],
    queryFn: async ({ signal }) =>
      (
        await ask<{ targets: readonly ShownTarget[] }>('GET', path`/api/groups/${group}/syslog/targets`, {
          signal,
        })
      ).targets,
    refetchInterval: 3000,
  })

export const targetQuery = (group: string, target: string) =>
  queryOptions({
    queryKey: ['group', group, 'syslog', 'targets', target],
    queryFn: ({ signal }) => ask<ShownTarget>('GET', path`/api/groups/${group}/syslog/targets/${target}`, { signal }),
    refetchInterval: 3000,
  })
