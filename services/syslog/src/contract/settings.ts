/**
 * Settings of the syslog service: limits that hold for every target. None is needed; turning the service on is enough.
 *
 * @module
 */
import type { SettingsDeclaration } from '@sallygate/service-kit'
import { z } from 'zod'

const schema = z.strictObject({
  /** Of each step: look-up, TCP, TLS. Three seconds reach any collector that is up. */
  connectTimeoutMs: z.number().int().min(100).max(60_000).default(3000),
  /** A collector that takes nothing for this long is given up until the next attempt. */
  writeTimeoutMs: z.number().int().min(100).max(120_000).default(10_000),
  /** How long we wait for the collector to end its side, after we ended ours. */
  confirmTimeoutMs: z.number().int().min(100).max(60_000).default(5000),
  /** A connection is ended and made anew after this; until then what it carried may have to be sent again. */
  connectionSeconds: z.number().int().min(1).max(3600).default(30),
})

export type SyslogSettings = z.infer<typeof schema>
export type SyslogSettingsInput = z.input<typeof schema>

export const syslogSettings: SettingsDeclaration<typeof schema> = {
  schema,
  classification: {
    connectTimeoutMs: 'public',
    writeTimeoutMs: 'public',
    confirmTimeoutMs: 'public',
    connectionSeconds: 'public',
  },
  erasesSecrets: [],
}
