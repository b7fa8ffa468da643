/**
 * Name constraints: may a certificate under an authority have this name?
 *
 * DNS names, IP addresses and URI hosts are understood. A constraint of another
 * kind refuses the chain, which is stricter than RFC 5280 asks.
 *
 * @module
 */
import type { GeneralName, NameConstraints } from './extension.ts'

/** @returns Why not, or `undefined` when every name is within the constraints. */
export function violates(names: readonly GeneralName[], constraints: NameConstraints): string | undefined {
  const all = [...constraints.permitted, ...constraints.excluded]
  const strange = all.find((constraint) => !isUnderstood(constraint))
  if (strange !== undefined) return `name constraint of kind ${strange.kind}`
  return names.map((name) => violation(name, constraints)).find((reason) => reason !== undefined)
}

function violation(name: GeneralName, { permitted, excluded }: NameConstraints): string | undefined {
  if (
    excluded.some(
      (constraint) => constraint.kind === name.kind && (covers(constraint, name) || overlaps(constraint, name)),
    )
  )
    return `excluded ${name.kind} name`
  const ofKind = permitted.filter((constraint) => constraint.kind === name.kind)
  if (ofKind.length > 0 && !ofKind.some((constraint) => covers(constraint, name)))
    return `${name.kind} name not permitted`
  // An excluded subtree says nothing about a URI without a host, so it must be refused (RFC 5280 4.2.1.10).
  const hasUriRule = [...permitted, ...excluded].some((constraint) => constraint.kind === 'uri')
  return name.kind === 'uri' && hasUriRule && uriHost(name.value) === undefined ? 'URI without a host' : undefined
}

function isUnderstood(constraint: GeneralName): boolean {
  switch (constraint.kind) {
    case 'dns':
      return constraint.value === '' || isDnsName(constraint.value)
    case 'ip':
      return isMask(constraint.value.slice(constraint.value.length / 2))
    case 'uri':
      return isDnsName(constraint.value.replace(/^\./, ''))
    case 'email':
      // Only "none at all", which needs no understanding of addresses.
      return constraint.value === ''
    case 'directory':
    case 'other':
      return false
  }
}

/** Letters, digits, hyphens; no wildcard. */
export function isDnsName(text: string): boolean {
  return text.length <= 253 && text.split('.').every((label) => /^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/i.test(label))
}

function isMask(hex: string): boolean {
  return /^1*0*$/.test([...Buffer.from(hex, 'hex')].map((byte) => byte.toString(2).padStart(8, '0')).join(''))
}

function covers(constraint: GeneralName, name: GeneralName): boolean {
  switch (constraint.kind) {
    case 'dns':
      return coversHost(constraint.value, name.value)
    case 'ip':
      return coversAddress(constraint.value, name.value)
    case 'uri': {
      const host = uriHost(name.value)
      if (host === undefined) return false
      const pattern = constraint.value.toLowerCase()
      return pattern.startsWith('.') ? host.endsWith(pattern) : host === pattern
    }
    case 'email':
      return true
    case 'directory':
    case 'other':
      return false
  }
}

function coversHost(pattern: string, name: string): boolean {
  const suffix = pattern.toLowerCase()
  const host = name.toLowerCase().replace(/^\*\./, '')
  return suffix === '' || host === suffix || host.endsWith(`.${suffix}`)
}

/** A wildcard also speaks for names below it that an exclusion may mean. */
function overlaps(constraint: GeneralName, name: GeneralName): boolean {
  return (
    name.kind === 'dns' &&
    name.value.startsWith('*.') &&
    constraint.value.toLowerCase().endsWith(name.value.slice(1).toLowerCase())
  )
}

function coversAddress(constraint: string, address: string): boolean {
  if (constraint.length !== address.length * 2) return false
  const [network, mask, own] = [constraint.slice(0, address.length), constraint.slice(address.length), address].map(
    (hex) => BigInt(`0x${hex}`),
  ) as [bigint, bigint, bigint]
  return (network & mask) === (own & mask)
}

function uriHost(uri: string): string | undefined {
  const host = /^[a-z][a-z0-9+.-]*:\/\/(?:[^/?#@]*@)?([^/?#:@]+)(?::\d*)?(?:[/?#]|$)/i.exec(uri)?.[1]?.toLowerCase()
  return host !== undefined && isDnsName(host) ? host : undefined
}
