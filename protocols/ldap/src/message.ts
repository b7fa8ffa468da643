/**
 * LDAP messages as values: requests and answers of a client that reads and binds.
 *
 * @module
 */
import type { Control } from './controls.ts'
import type { Filter } from './filter.ts'

export const searchScopes = ['base', 'one', 'subtree'] as const
export type SearchScope = (typeof searchScopes)[number]

export interface LdapResult {
  readonly code: number
  readonly matchedDn: string
  /** The server's own words, bounded, made printable. */
  readonly diagnostic: string
  readonly referrals: readonly string[]
}

export interface SearchRequest {
  readonly base: string
  readonly scope: SearchScope
  readonly sizeLimit: number
  readonly timeLimitSeconds: number
  readonly typesOnly: boolean
  readonly filter: Filter
  readonly attributes: readonly string[]
}

export interface AttributeValues {
  /** As the server writes it, options included: `member;range=0-1499`. */
  readonly type: string
  readonly values: readonly Buffer[]
}

export interface SearchEntry {
  readonly dn: string
  readonly attributes: readonly AttributeValues[]
  /** It had more than anybody keeps: only the name is left of it. */
  readonly isTooLarge?: true
}

export type Credentials =
  | { readonly kind: 'simple'; readonly password: Uint8Array }
  | { readonly kind: 'sasl'; readonly mechanism: string; readonly data?: Uint8Array }

export type LdapOperation =
  | {
      readonly kind: 'bindRequest'
      readonly version: number
      readonly name: string
      readonly credentials: Credentials
    }
  | {
      readonly kind: 'bindResponse'
      readonly result: LdapResult
      /** What a SASL mechanism goes on with. */
      readonly serverCredentials?: Uint8Array
    }
  | { readonly kind: 'unbindRequest' }
  | ({ readonly kind: 'searchRequest' } & SearchRequest)
  | ({ readonly kind: 'searchEntry' } & SearchEntry)
  | { readonly kind: 'searchReference'; readonly uris: readonly string[] }
  | { readonly kind: 'searchDone'; readonly result: LdapResult }
  | { readonly kind: 'abandonRequest'; readonly target: number }
  | { readonly kind: 'extendedRequest'; readonly oid: string; readonly value?: Uint8Array }
  | {
      readonly kind: 'extendedResponse'
      readonly result: LdapResult
      readonly oid?: string
      readonly value?: Uint8Array
    }
  | { readonly kind: 'intermediateResponse' }
  /** A request this codec has no form for (add, modify, …); a server answers `protocolError`. */
  | { readonly kind: 'other'; readonly tag: number }

export interface LdapMessage {
  readonly id: number
  readonly operation: LdapOperation
  readonly controls: readonly Control[]
}

export const extendedOids = {
  startTls: '1.3.6.1.4.1.1466.20037',
  noticeOfDisconnection: '1.3.6.1.4.1.1466.20036',
} as const

export const maxMessageId = 2 ** 31 - 1
