/**
 * One server that may be used: where it is, and who named it.
 *
 * @module
 */
import type { DirectorySettings } from '../contract.ts'

export type ServerAddress = Omit<DirectorySettings['servers'][number], 'isBackup'>

/** `dc1.corp.test:636` */
export const serverLabel = (server: ServerAddress) => `${server.host}:${server.port}`

/** All of these, each server once: the first that names it decides how it is used. */
export function onceEach(entries: readonly ServerEntry[]): readonly ServerEntry[] {
  const byLabel = new Map<string, ServerEntry>()
  for (const entry of entries) {
    const key = serverLabel(entry.server).toLowerCase()
    if (!byLabel.has(key)) byLabel.set(key, entry)
  }
  return [...byLabel.values()]
}

export interface ServerEntry {
  readonly server: ServerAddress
  readonly from: 'byHand' | 'site' | 'domain'
  readonly isBackup: boolean
  /** Of the record in DNS. */
  readonly priority?: number
  readonly weight?: number
}
