/**
 * The functions of a PAC file that would touch the network or our processor, in ways that do neither.
 *
 * The usual ones ask the resolver of this machine, open a socket to learn its address,
 * and run a regular expression of the file's making. Here a PAC file sees names and
 * addresses as they are written, and nothing leaves.
 *
 * @module
 */
import { BlockList, isIPv4 } from 'node:net'
import { networkInterfaces } from 'node:os'

export const pacFunctions = {
  /** Nothing to show it to. */
  alert: () => undefined,
  /** Only what is an address already. */
  dnsResolve: (host: unknown) => (isIPv4(String(host)) ? String(host) : null),
  isResolvable: (host: unknown) => isIPv4(String(host)),
  isInNet: (host: unknown, pattern: unknown, mask: unknown) => isInNet(String(host), String(pattern), String(mask)),
  myIpAddress: () => ownAddress(),
  shExpMatch: (text: unknown, pattern: unknown) => globMatches(String(text), String(pattern)),
}

function isInNet(host: string, pattern: string, mask: string): boolean {
  const bits = isIPv4(mask) ? Math.clz32(~bitsOf(mask)) : -1
  if (!isIPv4(host) || !isIPv4(pattern) || bits < 0) return false
  const range = new BlockList()
  range.addSubnet(pattern, bits, 'ipv4')
  return range.check(host)
}

function bitsOf(address: string): number {
  return address.split('.').reduce((bits, byte) => (bits << 8) | Number(byte), 0)
}

function ownAddress(): string {
  const all = Object.values(networkInterfaces()).flatMap((addresses) => addresses ?? [])
  return all.find(({ family, internal }) => family === 'IPv4' && !internal)?.address ?? '127.0.0.1'
}

/** `*` and `?`, in time that grows with the product of the two lengths and no faster. */
export function globMatches(text: string, pattern: string): boolean {
  let [at, star, retry] = [0, -1, 0]
  let place = 0
  while (at < text.length) {
    if (place < pattern.length && (pattern[place] === '?' || pattern[place] === text[at]) && pattern[place] !== '*') {
      at++
      place++
    } else if (pattern[place] === '*') {
      star = place++
      retry = at
    } else if (star >= 0) {
      place = star + 1
      at = ++retry
    } else return false
  }
  return /^\**$/.test(pattern.slice(place))
}
