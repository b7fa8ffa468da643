/**
 * The console file: all that nac has to be told to belong to a console, in one file.
 *
 * Exported once, as the relay's secure channel is: where the console is, the authority
 * of its certificate, the key its feed is signed with, and the credential that opens
 * the feed. The last is a secret, so the file has to be private.
 *
 * @module
 */
import type { KeyObject } from 'node:crypto'
import { fromBase64Url } from '@sallygate/base/bytes'
import { readPrivateFile } from '@sallygate/base/file'
import { Secret } from '@sallygate/base/secret'
import { importPublicPoint } from '@sallygate/trust'
import { feedFailure } from './failures.ts'

export const consoleFileFormat = 'sallygate nac console file 1'

export interface ConsoleFile {
  readonly url: URL
  /** PEM of the authority under which the console's certificate is, for https. */
  readonly ca: string | undefined
  readonly key: KeyObject
  /** The same key, as it is written: whose feed a file holds. */
  readonly keyText: string
  readonly credential: Secret
}

/** @throws NAC_LINK_FILE_MALFORMED, FILE_MISSING, FILE_NOT_PRIVATE. */
export function readConsoleFile(path: string): ConsoleFile {
  const bytes = readPrivateFile(path)
  const malformed = (expected: string, cause?: unknown) =>
    feedFailure('FILE_MALFORMED', { cause, details: { path, expected } })
  let content: Readonly<Record<string, unknown>>
  try {
    content = JSON.parse(bytes.toString('utf8')) as Readonly<Record<string, unknown>>
  } catch (cause) {
    throw malformed('JSON', cause)
  }
  const { format, consoleUrl, consoleCa, consoleKey, credential } = content ?? {}
  if (format !== consoleFileFormat) throw malformed(consoleFileFormat)
  if (typeof consoleUrl !== 'string' || !URL.canParse(consoleUrl)) throw malformed('consoleUrl')
  if (consoleCa !== undefined && typeof consoleCa !== 'string') throw malformed('consoleCa')
  if (typeof consoleKey !== 'string' || typeof credential !== 'string') throw malformed('consoleKey and credential')
  const url = new URL(consoleUrl)
  if (url.protocol !== 'https:' && !isLoopback(url)) throw malformed('an https address, or one on this machine')
  try {
    const key = importPublicPoint(fromBase64Url(consoleKey))
    return { url, ca: consoleCa, key, keyText: consoleKey, credential: new Secret(credential) }
  } catch (cause) {
    throw malformed('a P-256 public key', cause)
  }
}

function isLoopback({ hostname }: URL): boolean {
  return hostname === 'localhost' || hostname === '[::1]' || /^127\.\d+\.\d+\.\d+$/.test(hostname)
}
