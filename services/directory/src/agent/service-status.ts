/**
 * The status: which server is in use, how each is doing, and what was asked.
 *
 * @module
 */
import type { StatusResult } from '../contract.ts'
import type { Directory } from './directory.ts'
import type { ServiceRecord } from './record.ts'

export function statusOf({ dialer, source, servers, connections }: Directory, record: ServiceRecord): StatusResult {
  const { current } = servers
  const { site } = source
  const { lastFailure } = record
  return {
    ...(current === undefined
      ? {}
      : { inUse: { server: current.label, forMs: Math.round(current.forMs), isPreferred: current.isPreferred } }),
    ...(site === undefined ? {} : { site }),
    encryption: dialer.plan.settings.encryption,
    servers: servers.standings().map(({ label, entry, standing, forMs, failures, failure }) => ({
      server: label,
      from: entry.from,
      isBackup: entry.isBackup,
      standing,
      forMs: Math.round(forMs),
      failures,
      ...(failure === undefined ? {} : { failure: { code: failure.code, says: failure.says.slice(0, 300) } }),
      connections: connections.openTo(label),
    })),
    pool: { ...connections.counts },
    signIns: { ...record.signIns },
    lookUps: { ...record.lookUps },
    switches: servers.switches,
    ...(lastFailure === undefined ? {} : { lastFailure }),
  }
}
