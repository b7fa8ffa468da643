/**
 * Whom to believe: the authorities that the settings name, or those of this host.
 *
 * @module
 */
import { X509Certificate } from 'node:crypto'
import { createSecureContext, getCACertificates, type SecureContext } from 'node:tls'

/** PEM blocks, one certificate each; `undefined`: the authorities of this host. */
export type Authorities = readonly string[] | undefined

/** Our own certificate, for servers that ask for one. Both in PEM. */
export interface ClientIdentity {
  readonly certificate: string
  readonly key: string
}

/** @throws what `invalid` makes of what was expected, for a text without certificates or with one that cannot be read. */
export function readAuthorities(pem: string | undefined, invalid: (expected: string) => Error): Authorities {
  if (pem === undefined) return undefined
  const blocks = pem.match(/-----BEGIN CERTIFICATE-----[A-Za-z0-9+/=\s]+-----END CERTIFICATE-----/g) ?? []
  if (blocks.length === 0 || !blocks.every(isCertificate)) throw invalid('one or more certificates in PEM form')
  return blocks
}

function isCertificate(block: string): boolean {
  try {
    return new X509Certificate(block).raw.length > 0
  } catch {
    return false
  }
}

/** By the very list of a plan; a hundred authorities cost a fifth of a second, in which nothing else runs. */
const known = new WeakMap<readonly string[], SecureContext>()
let ofThisHost: readonly string[] | undefined

/** @throws what Node says of a client certificate and a key that cannot be read or do not belong together. */
export function trustContext(authorities: Authorities, client?: ClientIdentity): SecureContext {
  const list = authorities ?? (ofThisHost ??= systemAuthorities())
  if (client !== undefined) return newContext(list, { cert: client.certificate, key: client.key })
  const context = known.get(list) ?? newContext(list, {})
  known.set(list, context)
  return context
}

function newContext(list: readonly string[], identity: { readonly cert?: string; readonly key?: string }) {
  return createSecureContext({ ca: [...list], minVersion: 'TLSv1.2', ...identity })
}

/** Without those that stand in the store twice, as a bundle and as files. */
function systemAuthorities(): readonly string[] {
  const found = getCACertificates('system')
  return [...new Set(found.length === 0 ? getCACertificates('default') : found)]
}
