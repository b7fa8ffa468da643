/**
 * Which addresses the console may be made to ask: the public ones, and those the settings name.
 *
 * Whoever may add a source must not thereby reach what is beside the console: its own
 * machine, cloud metadata, the inside of its network.
 *
 * @module
 */
import { BlockList, isIP } from 'node:net'

/** Not globally reachable: the special-purpose registries of IANA (RFC 6890 and later). */
const special: readonly (readonly [string, number, 'ipv4' | 'ipv6'])[] = [
  ['0.0.0.0', 8, 'ipv4'],
  ['10.0.0.0', 8, 'ipv4'],
  ['100.64.0.0', 10, 'ipv4'],
  ['127.0.0.0', 8, 'ipv4'],
  ['169.254.0.0', 16, 'ipv4'],
  ['172.16.0.0', 12, 'ipv4'],
  ['192.0.0.0', 24, 'ipv4'],
  ['192.0.2.0', 24, 'ipv4'],
  ['192.88.99.0', 24, 'ipv4'],
  ['192.168.0.0', 16, 'ipv4'],
  ['198.18.0.0', 15, 'ipv4'],
  ['198.51.100.0', 24, 'ipv4'],
  ['203.0.113.0', 24, 'ipv4'],
  ['224.0.0.0', 3, 'ipv4'],
  ['::', 3, 'ipv6'],
  ['2001::', 23, 'ipv6'],
  ['2001:db8::', 32, 'ipv6'],
  ['2002::', 16, 'ipv6'],
  ['3fff::', 20, 'ipv6'],
  ['4000::', 2, 'ipv6'],
  ['8000::', 1, 'ipv6'],
]

/** One list per family: in a list of both, an IPv4 address is also looked for among IPv6 networks, as `::ffff:…`. */
function lists(): Readonly<Record<'ipv4' | 'ipv6', BlockList>> {
  return { ipv4: new BlockList(), ipv6: new BlockList() }
}

const refused = lists()
for (const [address, bits, family] of special) refused[family].addSubnet(address, bits, family)

export type TargetRule = (address: string) => boolean

/** @param allowed addresses and networks (`10.1.0.0/16`), separated by commas; what is none of them is left out. */
export function targetRule(allowed: string | undefined): TargetRule {
  const open = lists()
  for (const entry of (allowed ?? '').split(',').map((one) => one.trim())) {
    const [address = '', bits] = entry.split('/')
    const family = isIP(address) === 6 ? 'ipv6' : 'ipv4'
    const most = family === 'ipv6' ? 128 : 32
    const length = bits === undefined ? most : Number(bits)
    if (isIP(address) !== 0 && Number.isInteger(length) && length >= 0 && length <= most)
      open[family].addSubnet(address, length, family)
  }
  return (address) => {
    const kind = isIP(address)
    if (kind === 0) return false
    const plain = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address)?.[1] ?? address
    const family = isIP(plain) === 6 ? 'ipv6' : 'ipv4'
    return open[family].check(plain, family) || !refused[family].check(plain, family)
  }
}
