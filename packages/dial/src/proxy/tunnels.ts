/**
 * Which streams are tunnels, so that what goes wrong inside one can be laid at the right door.
 *
 * @module
 */
import type { Duplex } from 'node:stream'

const proxies = new WeakMap<Duplex, string>()

/** @param proxy Host and port of the proxy it leads through. */
export function markTunnel(stream: Duplex, proxy: string): void {
  proxies.set(stream, proxy)
}

/** The proxy a stream leads through. */
export function proxyOfTunnel(stream: Duplex): string | undefined {
  return proxies.get(stream)
}
