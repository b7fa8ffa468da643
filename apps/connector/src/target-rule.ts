/**
 * Target rules: `host:ports` as an administrator writes them in policy.toml.
 *
 * `dc1.corp.test:389,636` · `*.corp.test:636` · `*:389,636` · `127.0.0.1:3890` · `[fd00::5]:636`.
 * A rule says which name and port may be asked for. Which address that name may
 * have is decided after the look-up, in target.ts.
 *
 * @module
 */
import { isIP, isIPv6 } from 'node:net'
import { domainToASCII } from 'node:url'
import { canonicalAddress } from './address.ts'
import { connectorFailure } from './failures.ts'

export interface TargetRule {
  /** `*`, `*.suffix`, a name or an address, in the one spelling `canonicalHost` gives. */
  readonly host: string
  readonly ports: readonly number[]
  /** No star: the administrator wrote this very host, so it may lead to loopback if it says so itself. */
  readonly isLiteral: boolean
}

/**
 * One spelling for every host: lower case, no dot at the end, no brackets, punycode, addresses in their usual form.
 *
 * Old forms that the resolver of the system would take for an address (`2130706433`,
 * `0x7f.1`, `0177.0.0.1`) are refused: no administrator means them.
 *
 * @throws CONNECTOR_TARGET_MALFORMED.
 */
export function canonicalHost(written: string): string {
  const bare = /^\[.*\]$/.test(written) ? written.slice(1, -1) : written
  if (isIP(bare) !== 0 && !bare.includes('%')) return canonicalAddress(bare)
  // domainToASCII stops at a slash and decodes percent signs; neither belongs into a name.
  const isSpelledAsName = /^[A-Za-z0-9_.\u0080-\u{10ffff}-]+$/u.test(bare)
  const name = isSpelledAsName ? domainToASCII(bare.replace(/\.$/, '')).toLowerCase() : ''
  const labels = name.split('.')
  const isName = labels.every((label) => /^[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?$/.test(label))
  // A name whose last label is a number is an address in disguise (WHATWG URL, "ends in a number").
  const endsInNumber = /^(?:\d+|0x[0-9a-f]*)$/.test(labels.at(-1) ?? '')
  // domainToASCII turns the disguise into the address; what it was before decides.
  if (!isName || endsInNumber || name.length > 253 || isIP(name) !== 0) {
    throw connectorFailure('TARGET_MALFORMED', { details: { host: written.slice(0, 100) } })
  }
  return name
}

/** @throws Error with what was expected, for the caller to say where. */
export function parseTargetRule(written: string): TargetRule {
  const colon = written.lastIndexOf(':')
  const ports = written.slice(colon + 1).split(',')
  if (colon < 1 || ports.some((port) => !/^[1-9]\d{0,4}$/.test(port) || Number(port) > 65535)) {
    throw new Error('host:port, such as dc1.corp.test:636, *.corp.test:389,636 or [fd00::5]:636')
  }
  const host = written.slice(0, colon)
  if (isIPv6(host)) throw new Error('an IPv6 address in brackets, such as [fd00::5]:636')
  const numbers = ports.map(Number)
  if (host === '*') return { host, ports: numbers, isLiteral: false }
  const suffix = host.startsWith('*.') ? host.slice(2) : undefined
  if ((suffix ?? host).includes('*')) throw new Error('a star alone, or as the first label: *.corp.test')
  try {
    const canonical = canonicalHost(suffix ?? host)
    if (suffix === undefined) return { host: canonical, ports: numbers, isLiteral: true }
    if (isIP(canonical) !== 0) throw new Error('an address')
    return { host: `*.${canonical}`, ports: numbers, isLiteral: false }
  } catch (cause) {
    throw new Error('a DNS name or an IP address before the colon', { cause })
  }
}

/** `host` in its canonical spelling. A literal rule wins over a star, because it may allow more. */
export function ruleFor(rules: readonly TargetRule[], host: string, port: number): TargetRule | undefined {
  const matching = rules.filter((rule) => rule.ports.includes(port) && matchesHost(rule, host))
  return matching.find((rule) => rule.isLiteral) ?? matching.at(0)
}

function matchesHost(rule: TargetRule, host: string): boolean {
  if (rule.host === '*') return true
  if (!rule.host.startsWith('*.')) return rule.host === host
  // A suffix rule is about names; an address has none.
  return isIP(host) === 0 && host.endsWith(rule.host.slice(1)) && host.length > rule.host.length - 1
}
