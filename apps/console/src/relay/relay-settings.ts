/**
 * Where the relay is, as an administrator set it. One small file, replaced as a whole.
 *
 * @module
 */
import { existsSync } from 'node:fs'
import { readFile, writeFileAtomic } from '@sallygate/base/file'
import { z } from 'zod'

export const relayUrl = z
  .string()
  .max(2048)
  .refine(
    (text) => URL.canParse(text) && /^(?:https?|wss?):$/.test(new URL(text).protocol),
    'an https:// or wss:// URL',
  )
  .refine(
    (text) => !URL.canParse(text) || (new URL(text).username === '' && new URL(text).password === ''),
    'a URL without a password',
  )

export const relaySettingsSchema = z.strictObject({
  enabled: z.boolean(),
  /** How connectors reach it; goes into installers. */
  externalUrl: relayUrl,
  /** How this console reaches it. */
  internalUrl: relayUrl,
  /** PEM authorities its TLS may chain to, besides the product root and the public ones. */
  tlsCa: z.string().max(32_768).optional(),
})

export type RelaySettings = z.infer<typeof relaySettingsSchema>

export class RelaySettingsFile {
  readonly #path: string
  #settings: RelaySettings | undefined

  constructor(path: string) {
    this.#path = path
    this.#settings = existsSync(path)
      ? relaySettingsSchema.parse(JSON.parse(readFile(path).toString('utf8')))
      : undefined
  }

  get current(): RelaySettings | undefined {
    return this.#settings
  }

  replace(settings: RelaySettings): void {
    writeFileAtomic(this.#path, `${JSON.stringify(settings, undefined, 2)}\n`)
    this.#settings = settings
  }
}
