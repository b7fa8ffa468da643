/**
 * Metrics: the counters in the form Prometheus reads, and the same as JSON.
 *
 * Every label is there from the start with zero, so that an alarm on a reason can be
 * written before it ever happened. No label names a peer.
 *
 * @module
 */
import { Counter, Gauge, Registry } from 'prom-client'
import type { Counters } from './counters.ts'

export interface Gauges {
  readonly consoles: number
  readonly connectors: number
  readonly guests: number
  readonly connections: number
  readonly unproven: number
  /** Attached peers that come by plain requests. */
  readonly longPolls: number
  /** Other nodes of this relay that are reached. */
  readonly busNodes: number
  /** Peers attached at those. */
  readonly remotePeers: number
  readonly waitingBytes: number
  readonly admissionNumber: number
  readonly certificateDaysLeft: number
  /** 1 while the plain listener is on. */
  readonly plainListener: number
}

const gaugeHelp: Readonly<Record<keyof Gauges, string>> = {
  consoles: 'Attached consoles',
  connectors: 'Attached connectors',
  guests: 'Guests present',
  connections: 'Sockets, proven or not',
  unproven: 'Sockets that have proven nothing yet',
  longPolls: 'Attached peers that a WebSocket does not get through to, served by plain requests',
  busNodes: 'Other nodes of this relay that are reached over the bus',
  remotePeers: 'Peers attached at other nodes of this relay',
  waitingBytes: 'Bytes of cargo that wait for slow peers',
  admissionNumber: 'Number of the admission list in force, 0 for none',
  certificateDaysLeft: 'Days until the TLS certificate ends',
  plainListener: '1 while the plain HTTP listener for TLS offload is on',
}

export function statisticsOf(counters: Counters, gauges: Gauges): Readonly<Record<string, unknown>> {
  const { forwarded, forwardedBytes, attached, turnedAway, cargoDropped, ended, ignored } = counters
  return {
    ...gauges,
    requests: counters.requests,
    busSent: counters.bus.sent,
    busReceived: counters.bus.received,
    forwarded,
    forwardedBytes,
    attached,
    turnedAway,
    cargoDropped,
    ended,
    ignored,
  }
}

/** @returns What writes the metrics page. */
export function metricsOf(counters: Counters, gauges: () => Gauges): () => Promise<string> {
  const registry = new Registry()
  const plain = (name: string, help: string, read: () => number) =>
    new Counter({
      name: `sallygate_relay_${name}`,
      help,
      registers: [registry],
      collect() {
        this.reset()
        this.inc(read())
      },
    })
  const byReason = (name: string, help: string, tally: Readonly<Record<string, number>>) =>
    new Counter({
      name: `sallygate_relay_${name}`,
      help,
      labelNames: ['reason'],
      registers: [registry],
      collect() {
        this.reset()
        for (const [reason, count] of Object.entries(tally)) this.inc({ reason }, count)
      },
    })
  plain('forwarded_total', 'Cargos passed on', () => counters.forwarded)
  plain('forwarded_bytes_total', 'Bytes of cargo frames passed on', () => counters.forwardedBytes)
  plain('http_requests_total', 'HTTP requests of every kind, upgrades among them', () => counters.requests)
  plain('attached_total', 'Attachments since the start', () => counters.attached)
  plain('bus_sent_total', 'Cargos handed to other nodes of this relay', () => counters.bus.sent)
  plain('bus_received_total', 'Cargos taken from other nodes of this relay', () => counters.bus.received)
  byReason('turned_away_total', 'Sockets that never became an attachment', counters.turnedAway)
  byReason('cargo_dropped_total', 'Cargos not delivered', counters.cargoDropped)
  byReason('ended_total', 'Attachments that ended', counters.ended)
  byReason('ignored_total', 'Frames read and ignored', counters.ignored)
  for (const [name, help] of Object.entries(gaugeHelp)) {
    new Gauge({
      name: `sallygate_relay_${snake(name)}`,
      help,
      registers: [registry],
      collect() {
        this.set(gauges()[name as keyof Gauges])
      },
    })
  }
  return () => registry.metrics()
}

function snake(name: string): string {
  return name.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)
}
