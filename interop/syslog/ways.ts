/**
 * The ways to a real collector on which nothing may be missing: TCP in both framings, and TLS with certificates on both sides.
 *
 * Each has a facility of its own, by which what arrived is told apart.
 *
 * @module
 */
import type { RealCollector, Recorded } from './collector.ts'

/** Those of one collector; `local1` is 17. */
export function certainWays({ certificates, ports }: RealCollector) {
  const tls = { port: ports.tls, trust: certificates.authority, clientCertificate: certificates.sender.cert }
  const ways = [
    { name: 'TCP with octet counting', target: { transport: 'tcp', port: ports.tcp } },
    { name: 'TCP with line feeds', target: { transport: 'tcp', port: ports.lines, framing: 'lineFeed' } },
    { name: 'TLS', target: { transport: 'tls', ...tls }, clientKey: certificates.sender.key },
  ]
  return ways.map(({ name, target, ...more }, at) => ({
    /** For `POST …/syslog/targets`. */
    body: {
      name,
      settings: { target: { host: '127.0.0.1', ...target, facility: `local${at + 1}` }, withInstallation: true },
      ...more,
    },
    name,
    of: (recorded: readonly Recorded[]) => recorded.filter(({ pri }) => Math.floor(Number(pri) / 8) === 17 + at),
  }))
}

/** What a collector has of one stream, and how often. */
export function streamOf(recorded: readonly Recorded[]) {
  const keys = new Map<number, Set<string>>()
  const times = new Map<number, number>()
  for (const { sd } of recorded) {
    const sequence = Number(sd['meta']?.['sequenceId'])
    keys.set(sequence, (keys.get(sequence) ?? new Set()).add(sd['event@32473']?.['key'] ?? ''))
    times.set(sequence, (times.get(sequence) ?? 0) + 1)
  }
  return {
    sequences: [...keys.keys()].toSorted((a, b) => a - b),
    /** The key of each; two for one number would be two events that cannot be told apart. */
    keys: [...keys.values()].map((found) => [...found].join(' and ')),
    mostTimes: Math.max(0, ...times.values()),
    repeated: recorded.length - times.size,
  }
}
