/**
 * Profiles: every kind of certificate this product makes, as one table.
 *
 * Issuing reads the table forwards and verifying reads it backwards, so the two
 * cannot disagree. Device certificates are not here; they belong to the
 * certificates service.
 *
 * @module
 */
import type { IdentityName } from './identity.ts'
import type { Curve } from './key.ts'

export type KeyUsage = 'digitalSignature' | 'keyCertSign' | 'cRLSign'

/** Bit numbers of RFC 5280 4.2.1.3. */
export const keyUsageBits: Readonly<Record<KeyUsage, number>> = { digitalSignature: 0, keyCertSign: 5, cRLSign: 6 }

/** Purposes. Ours hang under UUID-based arcs (ITU-T X.667), so no registry is needed and nobody else means the same. */
export const purpose = {
  consoleMessages: '2.25.141359555737609041049143910510779581520',
  connectorMessages: '2.25.33633154230320885694021649129855440435',
  bootstrap: '2.25.239335169762399286764019136570976471758',
  consoleIdentity: '2.25.231449500324575153994289870770444756706',
  serverAuthentication: '1.3.6.1.5.5.7.3.1',
} as const

/** anyExtendedKeyUsage. A certificate for everything is for nothing here. */
export const anyPurpose = '2.5.29.37.0'

export interface Profile {
  /** What a person calls it. */
  readonly title: string
  readonly curve: Curve
  /** Longest life. A bootstrap certificate states its own, up to this. */
  readonly lifeDays: number
  readonly issuer: 'self' | 'productRoot' | 'groupAuthority'
  readonly keyUsage: readonly KeyUsage[]
  /** An authority that lists purposes cannot issue for any other. */
  readonly purposes: readonly string[]
  /** Authorities only: how many authorities may stand between it and a leaf. */
  readonly pathLength?: number
  /** Which URI the subject alternative name holds; `server` holds DNS names and addresses instead. */
  readonly name: IdentityName['role'] | 'server' | 'none'
}

export const profiles = {
  productRoot: {
    title: 'product root',
    curve: 'P-384',
    lifeDays: 3650,
    issuer: 'self',
    keyUsage: ['keyCertSign', 'cRLSign'],
    purposes: [],
    pathLength: 2,
    name: 'none',
  },
  groupAuthority: {
    title: 'group authority',
    curve: 'P-256',
    lifeDays: 730,
    issuer: 'productRoot',
    // A group authority also signs the trust set of its group.
    keyUsage: ['digitalSignature', 'keyCertSign', 'cRLSign'],
    purposes: [purpose.consoleMessages, purpose.connectorMessages, purpose.bootstrap],
    pathLength: 0,
    name: 'authority',
  },
  consoleSigning: {
    title: 'console signing certificate',
    curve: 'P-256',
    lifeDays: 90,
    issuer: 'groupAuthority',
    keyUsage: ['digitalSignature'],
    purposes: [purpose.consoleMessages],
    name: 'consoleSigning',
  },
  instance: {
    title: 'connector certificate',
    curve: 'P-256',
    lifeDays: 90,
    issuer: 'groupAuthority',
    keyUsage: ['digitalSignature'],
    purposes: [purpose.connectorMessages],
    name: 'connector',
  },
  bootstrap: {
    title: 'installer certificate',
    curve: 'P-256',
    lifeDays: 90,
    issuer: 'groupAuthority',
    keyUsage: ['digitalSignature'],
    purposes: [purpose.bootstrap],
    name: 'bootstrap',
  },
  consoleIdentity: {
    title: 'console identity certificate',
    curve: 'P-256',
    lifeDays: 365,
    issuer: 'productRoot',
    keyUsage: ['digitalSignature'],
    purposes: [purpose.consoleIdentity],
    name: 'consoleIdentity',
  },
  tlsServer: {
    title: 'TLS server certificate',
    curve: 'P-256',
    lifeDays: 397,
    issuer: 'productRoot',
    keyUsage: ['digitalSignature'],
    purposes: [purpose.serverAuthentication],
    name: 'server',
  },
} as const satisfies Readonly<Record<string, Profile>>

export type ProfileName = keyof typeof profiles
export type LeafProfileName = Exclude<ProfileName, 'productRoot' | 'groupAuthority'>

/** One row of the table without its literal types. */
export function profileOf(name: ProfileName): Profile {
  return profiles[name]
}
