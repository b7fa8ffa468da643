/**
 * Hosts that are reached without the proxy, as NO_PROXY and everybody's settings write them.
 *
 * `host`, `.suffix`, `*.suffix`, `host:port`, an address, a range, or `*`. A plain name
 * covers the names below it too, as curl and most programs have it. Nothing is resolved:
 * a range matches only where the target is written as an address.
 *
 * @module
 */
import { BlockList, isIP } from 'node:net'
import { dialFailure } from '../failures.ts'

export interface Target {
  readonly host: string
  readonly port: number
}

/** Says which entry of the list a target is on. */
export type Bypass = (target: Target) => string | undefined

type Entry = (target: Target) => boolean

/** @param setting Where the list stands, to be named. @throws DIAL_PROXY_SETTINGS. */
export function parseBypass(list: string, setting: string): Bypass {
  const entries = list
    .split(/[,\s]+/)
    .filter((text) => text !== '')
    .map((text) => [text, parseEntry(text.toLowerCase(), setting)] as const)
  return (target) => entries.find(([, matches]) => matches(target))?.[0]
}

function parseEntry(text: string, setting: string): Entry {
  if (text === '*') return () => true
  if (text.includes('/') || isIP(text) !== 0) return rangeEntry(text, setting)
  const [, name = '', port] = /^(?:\*?\.)?(\[[\da-f:.]+\]|[^:*/[\]]+)(?::(\d{1,5}))?$/.exec(text) ?? []
  if (name === '') throw badEntry(text, setting)
  const isRightPort = (target: Target) => port === undefined || Number(port) === target.port
  if (name.startsWith('[')) {
    const isInRange = rangeEntry(name.slice(1, -1), setting)
    return (target) => isRightPort(target) && isInRange(target)
  }
  return (target) => {
    const host = target.host.toLowerCase().replace(/\.$/, '')
    return isRightPort(target) && (host === name || host.endsWith(`.${name}`))
  }
}

function rangeEntry(text: string, setting: string): Entry {
  const [address = '', prefix] = text.split('/')
  const family = isIP(address) === 6 ? 'ipv6' : 'ipv4'
  const longest = family === 'ipv6' ? 128 : 32
  const bits = prefix === undefined ? longest : /^\d{1,3}$/.test(prefix) ? Number(prefix) : -1
  if (isIP(address) === 0 || bits < 0 || bits > longest) throw badEntry(text, setting)
  const range = new BlockList()
  range.addSubnet(address, bits, family)
  return ({ host }) => isIP(host) !== 0 && range.check(host, isIP(host) === 6 ? 'ipv6' : 'ipv4')
}

function badEntry(entry: string, setting: string) {
  return dialFailure('PROXY_SETTINGS', {
    details: { setting, reason: 'not a host, suffix or range', entry: entry.slice(0, 100) },
  })
}
