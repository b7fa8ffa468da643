/**
 * Whom an address stands for, where strangers are counted by address.
 *
 * @module
 */
import type { Socket } from 'node:net'

/** A TLS offloader: every stranger behind it has its address, so that address says nothing. */
export const offloader = ''

/** An IPv4 address, or the /64 of an IPv6 one: whoever has one address of a /64 has 2⁶⁴ of them. */
export function networkOf(socket: Socket): string {
  const address = socket.remoteAddress ?? ''
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address)?.[1]
  if (mapped !== undefined) return mapped
  if (!address.includes(':')) return address
  const [head = '', tail] = (address.split('%', 1)[0] ?? '').split('::')
  const before = head === '' ? [] : head.split(':')
  const after = tail === undefined || tail === '' ? [] : tail.split(':')
  const zeros = tail === undefined ? [] : Array.from({ length: 8 - before.length - after.length }, () => '0')
  const groups = [...before, ...zeros, ...after].slice(0, 4)
  return `${groups.map((group) => Number.parseInt(group, 16).toString(16)).join(':')}::/64`
}
