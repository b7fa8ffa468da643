/**
 * Addresses a connector never connects to, however their names are spelled.
 *
 * An operation that makes the connector call where only its own host may call
 * (loopback, cloud metadata, link-local) would turn the gate into a way in. What
 * counts is the address after the look-up; the name is never believed.
 *
 * @module
 */
import { BlockList, isIP, isIPv4, isIPv6 } from 'node:net'

/** Why an address is refused. `own` is found elsewhere: it depends on whom the connector dials. */
export type AddressClass = 'loopback' | 'linkLocal' | 'metadata' | 'multicast' | 'unspecified' | 'reserved' | 'tunnel'

const rows: readonly (readonly [AddressClass, string])[] = [
  // Instance metadata: AWS, Azure, GCP, OpenStack share the first; then AWS over IPv6, GCP over IPv6, Alibaba, Oracle, Azure's host.
  ['metadata', '169.254.169.254/32'],
  ['metadata', 'fd00:ec2::254/128'],
  ['metadata', 'fd20:ce::254/128'],
  ['metadata', '100.100.100.200/32'],
  ['metadata', '192.0.0.192/32'],
  ['metadata', '168.63.129.16/32'],
  ['loopback', '127.0.0.0/8'],
  ['loopback', '::1/128'],
  // All of 0/8 is "this host" (RFC 6890 2.2.2); Linux connects 0.0.0.0 to loopback.
  ['unspecified', '0.0.0.0/8'],
  ['unspecified', '::/128'],
  ['linkLocal', '169.254.0.0/16'],
  ['linkLocal', 'fe80::/10'],
  ['multicast', '224.0.0.0/4'],
  ['multicast', 'ff00::/8'],
  ['reserved', '240.0.0.0/4'],
  ['reserved', 'fec0::/10'],
  // Teredo hides an IPv4 address behind a server of its choosing (RFC 4380); nobody runs a directory behind it.
  ['tunnel', '2001::/32'],
]

const lists = rows.map(([kind, cidr]) => [kind, blockListOf(cidr)] as const)

/** IPv6 ranges that carry an IPv4 address in them, and where it starts, in bytes. */
const carriers = [
  { range: blockListOf('::ffff:0:0/96'), at: 12 },
  { range: blockListOf('::/96'), at: 12 },
  // NAT64: the well-known prefix (RFC 6052 2.1) and the one for local use (RFC 8215).
  { range: blockListOf('64:ff9b::/96'), at: 12 },
  { range: blockListOf('64:ff9b:1::/48'), at: 12 },
  // 6to4 (RFC 3056 2).
  { range: blockListOf('2002::/16'), at: 2 },
] as const

/** @returns `undefined` for an address that may be connected to. */
export function forbiddenClass(address: string): AddressClass | undefined {
  const family = isIPv6(address) ? 'ipv6' : 'ipv4'
  // A zone (fe80::1%eth0) belongs to link-local addresses alone.
  if (isIP(address) === 0 || address.includes('%')) return 'linkLocal'
  const own = lists.find(([, list]) => list.check(address, family))?.[0]
  if (own !== undefined) return own
  const carried = carriedIPv4(address)
  return carried === undefined ? undefined : forbiddenClass(carried)
}

/** One spelling per address: an IPv4 address in IPv6 clothes is that IPv4 address. */
export function canonicalAddress(address: string): string {
  if (!isIPv6(address)) return address
  const bytes = bytesOfIPv6(address)
  return blockListOf('::ffff:0:0/96').check(address, 'ipv6') ? [...bytes.subarray(12)].join('.') : spellIPv6(bytes)
}

function carriedIPv4(address: string): string | undefined {
  if (isIPv4(address)) return undefined
  const carrier = carriers.find(({ range }) => range.check(address, 'ipv6'))
  return carrier === undefined ? undefined : [...bytesOfIPv6(address).subarray(carrier.at, carrier.at + 4)].join('.')
}

/** The URL parser is the one IPv6 normaliser Node has: it lower-cases, compresses and writes IPv4 tails as hex. */
function bytesOfIPv6(address: string): Buffer {
  const [left = '', right] = new URL(`http://[${address}]/`).hostname.slice(1, -1).split('::')
  const words = (part: string) => (part === '' ? [] : part.split(':'))
  const head = words(left)
  const tail = words(right ?? '')
  const gap = right === undefined ? [] : Array.from({ length: 8 - head.length - tail.length }, () => '0')
  return Buffer.from([...head, ...gap, ...tail].map((word) => word.padStart(4, '0')).join(''), 'hex')
}

function spellIPv6(bytes: Buffer): string {
  const words = Array.from({ length: 8 }, (_, index) => bytes.readUInt16BE(index * 2).toString(16))
  return new URL(`http://[${words.join(':')}]/`).hostname.slice(1, -1)
}

/** @throws Error when this is neither an address nor a range; callers that read a person's file name the place. */
export function blockListOf(cidr: string): BlockList {
  const [address = '', prefix] = cidr.split('/')
  const family = isIPv6(address) ? 'ipv6' : 'ipv4'
  const longest = family === 'ipv6' ? 128 : 32
  const bits = prefix === undefined ? longest : /^\d{1,3}$/.test(prefix) ? Number(prefix) : -1
  if (isIP(address) === 0 || bits < 0 || bits > longest) throw new Error('an address or a range such as 10.0.0.0/8')
  const list = new BlockList()
  list.addSubnet(address, bits, family)
  return list
}
