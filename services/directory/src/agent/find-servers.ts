/**
 * All servers that settings lead to, with what was asked to find them. For looking, not for use.
 *
 * @module
 */
import type { OperationContext, ServiceHost } from '@sallygate/service-kit'
import type { DraftSettings } from '../contract.ts'
import { discover, type Discovered } from './discovery.ts'
import { onceEach, type ServerEntry } from './server-entry.ts'
import { serversByHand } from './server-source.ts'

export interface FoundServers extends Omit<Discovered, 'entries'> {
  readonly entries: readonly ServerEntry[]
}

export async function findServers(
  settings: Pick<DraftSettings, 'type' | 'encryption' | 'servers' | 'discovery'>,
  host: Pick<ServiceHost, 'target' | 'clock' | 'locate'>,
  context: OperationContext,
): Promise<FoundServers> {
  const byHand = serversByHand(settings)
  const { discovery } = settings
  const found =
    discovery === undefined
      ? { entries: [], questions: [], site: undefined, siteFailure: undefined }
      : await discover({ ...settings, discovery }, host, context)
  const entries = onceEach([...byHand, ...found.entries])
  return { ...found, entries: [...entries.filter((one) => !one.isBackup), ...entries.filter((one) => one.isBackup)] }
}
