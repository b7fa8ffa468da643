/**
 * @module
 */
import { z } from 'zod'
import type { Events } from '../events/events.ts'
import { listQuery, nextCursor, pageOf } from '../http/paging.ts'
import { defineRoute, type Route } from '../http/route.ts'
import type { Backup, Backups } from './backups.ts'

const backupSchema = z.strictObject({ id: z.string(), madeAt: z.iso.datetime(), bytes: z.number().int() })

const backupParams = z.strictObject({ backup: z.string().min(1).max(256) })

const present = ({ id, madeAt, bytes }: Backup) => ({ id, madeAt: madeAt.toISOString(), bytes })

export function backupRoutes(parts: {
  readonly records: { readonly backups: Backups; readonly events: Events }
}): readonly Route[] {
  return [
    defineRoute({
      method: 'GET',
      path: '/api/backups',
      policy: 'system:edit',
      says: 'Lists the backups in the home of the console.',
      query: listQuery,
      result: z.strictObject({ backups: z.array(backupSchema), nextCursor }),
      handler: ({ query }) => {
        const { items, ...more } = pageOf(parts.records.backups.list(), ({ id }) => id, query)
        return { backups: items.map(present), ...more }
      },
    }),
    defineRoute({
      method: 'POST',
      path: '/api/backups',
      policy: 'system:edit',
      says: 'Makes a backup while the console runs. The master key is not in it.',
      result: backupSchema,
      status: 201,
      handler: async () => present(await parts.records.backups.make()),
    }),
    defineRoute({
      method: 'GET',
      path: '/api/backups/:backup',
      policy: 'system:edit',
      says: 'Downloads a backup.',
      params: backupParams,
      result: z.unknown(),
      produces: 'file',
      handler: ({ params, actor }) => {
        const file = parts.records.backups.open(params.backup)
        parts.records.events.raise('backupDownloaded', { about: params.backup, details: { by: actor.name } })
        return file
      },
    }),
    defineRoute({
      method: 'DELETE',
      path: '/api/backups/:backup',
      policy: 'system:edit',
      says: 'Removes a backup from the home of the console.',
      params: backupParams,
      result: backupSchema,
      handler: ({ params }) => present(parts.records.backups.remove(params.backup)),
    }),
  ]
}
