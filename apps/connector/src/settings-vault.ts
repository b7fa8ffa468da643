/**
 * Settings of services as they came from the console, sealed on this host.
 *
 * A restart serves before the console is reached. Without the instance key the files
 * are noise, and a file of one service does not open as another's.
 *
 * @module
 */
import { existsSync } from 'node:fs'
import { decodeJson, encodeJson } from '@sallygate/base/json'
import { readFile, writeFileAtomic } from '@sallygate/base/file'
import { z } from 'zod'
import { connectorFailure } from './failures.ts'
import type { Home } from './home.ts'
import type { Sealer } from './sealed-file.ts'

const storedSchema = z.strictObject({
  generation: z.number().int().nonnegative(),
  /** `null`: turned off, on purpose. */
  settings: z.record(z.string(), z.unknown()).nullable(),
})

export type StoredSettings = z.infer<typeof storedSchema>

export interface SettingsVault {
  /** @returns `undefined` where none were ever stored. @throws CONNECTOR_SETTINGS_UNREADABLE. */
  read(service: string): StoredSettings | undefined
  /** @throws FILE_DISK_FULL, FILE_CANNOT_WRITE; then the old ones are there. */
  write(service: string, stored: StoredSettings): void
}

/** Certificates to trust are the largest setting; a parameter of a request is smaller than this anyway. */
const maxBytes = 256 * 1024

export function settingsVault(home: Home, sealer: Sealer): SettingsVault {
  return {
    read(service) {
      const path = home.serviceSettings(service)
      if (!existsSync(path)) return undefined
      const content = sealer.open(`settings ${service}`, readFile(path))
      if (content === undefined) throw connectorFailure('SETTINGS_UNREADABLE', { details: { service } })
      return storedSchema.parse(decodeJson(content, { maxBytes }))
    },
    write(service, stored) {
      writeFileAtomic(home.serviceSettings(service), sealer.seal(`settings ${service}`, encodeJson(stored)))
    },
  }
}
