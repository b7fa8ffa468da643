/**
 * Whose certificates the relay's TLS may chain to, besides those of the system.
 *
 * @module
 */
import { readFile } from '@sallygate/base/file'
import { certificatePem } from '@sallygate/trust'
import type { Identity } from './identity.ts'

/** The product root, what the installer brought, and what the settings name. @throws FILE_MISSING, FILE_UNREADABLE. */
export function relayAuthorities({ root, relayCa }: Identity, relayCaFile: string | undefined): readonly string[] {
  const named = relayCaFile === undefined ? undefined : readFile(relayCaFile).toString('utf8')
  return [certificatePem(root), relayCa, named].filter((pem) => pem !== undefined)
}
