/**
 * @module
 */
import { commandKinds, commandStates, type DeviceCommand } from '@sallygate/domain'
import type { Store } from '@sallygate/store'
import { z } from 'zod'
import { givenFields, type Consent } from '../admins/consent.ts'
import { visibleDevice } from '../devices/policy.ts'
import { nameOf } from '../devices/routes.ts'
import { deviceParams } from '../devices/schema.ts'
import { nextCursor, pageQuery } from '../http/paging.ts'
import { readPlace, writePlace } from '../http/place-cursor.ts'
import { defineRoute, type Route } from '../http/route.ts'
import type { OrganizationGroups } from '../organization-groups/organization-groups.ts'
import type { CommandBook } from './command-book.ts'

export interface CommandRouteParts {
  readonly store: Store
  readonly groups: OrganizationGroups
  readonly admins: { readonly consent: Consent }
  readonly devices: { readonly commands: CommandBook }
}

const textSchema = z.strictObject({ title: z.string().min(1).max(200), body: z.string().max(2000) })

const commandSchema = z.strictObject({
  id: z.string(),
  kind: z.enum(commandKinds),
  state: z.enum(commandStates),
  text: textSchema.optional(),
  by: z.string(),
  note: z.string().optional(),
  requestedAt: z.iso.datetime(),
  sentAt: z.iso.datetime().optional(),
  endedAt: z.iso.datetime().optional(),
  /** What the device says of it. */
  result: z.string().optional(),
})

const orderSchema = z
  .strictObject({ kind: z.enum(commandKinds), text: textSchema.optional(), ...givenFields })
  .refine(
    ({ kind, text }) => (kind === 'message') === (text !== undefined),
    'a message has a text, and nothing else has',
  )

export function commandRoutes(parts: CommandRouteParts): readonly Route[] {
  const { store } = parts
  return [
    defineRoute({
      method: 'GET',
      path: '/api/devices/:device/commands',
      policy: 'devices:read',
      scope: 'own',
      says: 'Lists what a device was asked to do, newest first.',
      params: deviceParams,
      query: z.strictObject(pageQuery(100)),
      result: z.strictObject({ commands: z.array(commandSchema), nextCursor }),
      handler: async ({ params, query, actor }) => {
        const { id } = await visibleDevice(parts, params.device, actor)
        const { limit, cursor } = query
        const place = readPlace(cursor, 'commands', true)
        const after = place && { requestedAtMs: Number(place.value), id: place.id }
        const found = await store.deviceCommands.list(id, limit + 1, after)
        const items = found.slice(0, limit)
        const last = found.length > limit ? items.at(-1) : undefined
        const more = last && { nextCursor: writePlace({ value: last.requestedAtMs, id: last.id }, 'commands', true) }
        return { commands: items.map(present), ...more }
      },
    }),
    defineRoute({
      method: 'POST',
      path: '/api/devices/:device/commands',
      policy: 'devices:edit',
      scope: 'own',
      says: 'Asks a device to do something at its next check-in. For a wipe, administrators give a note, and their PIN if they set one; full wipes are off until the devices settings page allows them.',
      params: deviceParams,
      body: orderSchema,
      result: z.strictObject({ ...commandSchema.shape, isNew: z.boolean() }),
      status: 201,
      handler: async ({ params, body, actor }) => {
        const { id: device, group } = await visibleDevice(parts, params.device, actor)
        const { kind, text, note } = body
        if (kind === 'enterpriseWipe' || kind === 'fullWipe')
          await parts.admins.consent.require(actor, body, 'wipeDevice', group)
        const { command, isNew } = await parts.devices.commands.request({ device, kind, text, note, by: nameOf(actor) })
        return { ...present(command), isNew }
      },
    }),
    defineRoute({
      method: 'DELETE',
      path: '/api/devices/:device/commands/:command',
      policy: 'devices:edit',
      scope: 'own',
      says: 'Cancels a command that waits. What was sent already may still be done.',
      params: z.strictObject({ ...deviceParams.shape, command: z.string().min(1).max(64) }),
      result: commandSchema,
      handler: async ({ params, actor }) => {
        const { id } = await visibleDevice(parts, params.device, actor)
        return present(await parts.devices.commands.cancel(id, params.command, nameOf(actor)))
      },
    }),
  ]
}

function present(command: DeviceCommand): z.infer<typeof commandSchema> {
  const { id, kind, state, text, by, note, requestedAtMs, sentAtMs, endedAtMs, result } = command
  return {
    id,
    kind,
    state,
    by,
    requestedAt: new Date(requestedAtMs).toISOString(),
    ...(text === undefined ? {} : { text: { ...text } }),
    ...(note === undefined ? {} : { note }),
    ...(sentAtMs === undefined ? {} : { sentAt: new Date(sentAtMs).toISOString() }),
    ...(endedAtMs === undefined ? {} : { endedAt: new Date(endedAtMs).toISOString() }),
    ...(result === undefined ? {} : { result }),
  }
}
