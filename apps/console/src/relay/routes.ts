/**
 * @module
 */
import { diagnose } from '@sallygate/dial'
import { encodeSecureChannel } from '@sallygate/hop'
import { checkRowSchema } from '@sallygate/service-kit'
import type { Clock } from '@sallygate/base/clock'
import { z } from 'zod'
import type { Installation } from '../certificates/installation.ts'
import { consoleFailure } from '../failures.ts'
import { defineRoute, type Route } from '../http/route.ts'
import type { SettingsChanges } from '../settings/settings-changes.ts'
import { failureSchema, relayStateSchema } from '../status/schema.ts'
import type { RelayLink } from './relay-link.ts'
import { relaySettingsSchema, type RelaySettingsFile } from './relay-settings.ts'
import { relayAuthorities } from './way-out.ts'

const relaySchema = z.strictObject({
  enabled: z.boolean(),
  externalUrl: z.string().optional(),
  internalUrl: z.string().optional(),
  tlsCa: z.string().optional(),
  state: relayStateSchema,
  failure: failureSchema.optional(),
})

const secureChannelSchema = z.strictObject({ format: z.string(), relay: z.string(), consoles: z.array(z.string()) })

export interface RelayRouteParts {
  readonly installation: Installation
  readonly settings: RelaySettingsFile
  readonly link: RelayLink
  readonly changes: SettingsChanges
  readonly clock: Clock
}

export function relayRoutes({ installation, settings, link, clock, changes }: RelayRouteParts): readonly Route[] {
  const show = (): z.infer<typeof relaySchema> => {
    const { state, failure } = link.status()
    return {
      ...(settings.current ?? { enabled: false }),
      state,
      ...(failure === undefined ? {} : { failure: { ...failure, details: { ...failure.details } } }),
    }
  }
  return [
    defineRoute({
      method: 'GET',
      path: '/api/relay',
      policy: 'relay:read',
      says: 'Shows where the relay is and whether the console is attached to it.',
      result: relaySchema,
      handler: show,
    }),
    defineRoute({
      method: 'PUT',
      path: '/api/relay',
      policy: 'relay:edit',
      says: 'Says where the relay is: for connectors (external) and for this console (internal).',
      body: relaySettingsSchema,
      result: relaySchema,
      handler: async ({ body }) => {
        await changes.useRelay(body)
        return show()
      },
    }),
    defineRoute({
      method: 'GET',
      path: '/api/relay/secure-channel',
      policy: 'relay:read',
      says: 'Exports what a relay needs to know this console: its own name and the console key. Nothing in it is secret.',
      result: secureChannelSchema,
      handler: () => {
        const channel = { relay: installation.relay, consoles: [installation.channel.publicPoint] }
        return secureChannelSchema.parse(JSON.parse(encodeSecureChannel(channel).toString('utf8')))
      },
    }),
    defineRoute({
      method: 'POST',
      path: '/api/relay/check',
      changes: false,
      policy: 'relay:edit',
      says: 'Tries every step from this console to the relay: name, TCP, TLS, status page, WebSocket.',
      result: z.strictObject({ rows: z.array(checkRowSchema) }),
      handler: async ({ signal }) => {
        if (settings.current === undefined) throw consoleFailure('RELAY_NOT_SET')
        const { internalUrl } = settings.current
        const { wayOut } = link.way
        const rows = await diagnose(internalUrl, {
          tls: { ca: relayAuthorities(installation, settings.current, link.way) },
          ...(wayOut === undefined ? {} : { wayOut }),
          expectedRelay: installation.relay,
          clock,
          signal,
        })
        return { rows: rows.map((row) => ({ ...row })) }
      },
    }),
  ]
}
