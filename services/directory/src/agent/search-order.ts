/**
 * What is searched, where it stands, and what came of it.
 *
 * @module
 */
import { Failure } from '@sallygate/base/failure'
import { allOf, type Filter } from '@sallygate/protocol-ldap'
import type { DirectoryEntry } from '../contract.ts'
import type { EntryKind } from './condition-filter.ts'
import type { Projection } from './entry.ts'
import type { Referral } from './referral.ts'
import type { Base } from './scope.ts'

export type PartialReason = 'tooManyEntries' | 'tooLarge' | 'timeOut' | 'serverLimit' | 'endlessPaging' | 'referral'

export interface SearchOrder {
  readonly kind: EntryKind
  readonly bases: readonly Base[]
  readonly filter: Filter
  readonly projection: Projection
  readonly isAllowed: (dn: string) => boolean
  /** Who asks goes where a referral leads, if the settings list it. Nobody who signs in is looked for that way. */
  readonly mayFollow?: boolean
}

/** Where to go on: which base, and the server's own mark in it. */
export interface SearchPosition {
  readonly baseIndex: number
  readonly cookie: Buffer
}

export interface Found {
  readonly entries: readonly DirectoryEntry[]
  /** Continuation references that came, the followed ones among them. */
  readonly references: number
  /** Those the settings let us follow. */
  readonly referrals: readonly Referral[]
  readonly partial: PartialReason | undefined
  /** Absent at the end of the search. */
  readonly next: SearchPosition | undefined
}

export const searchStart: SearchPosition = { baseIndex: 0, cookie: Buffer.alloc(0) }

/** Which failures leave what was found good. */
export function partialReason(error: unknown): PartialReason | undefined {
  if (!(error instanceof Failure)) return undefined
  switch (error.code) {
    case 'DIRECTORY_TOO_MANY_ENTRIES':
      return 'tooManyEntries'
    case 'DIRECTORY_TOO_LARGE':
      return 'tooLarge'
    case 'DIRECTORY_TIME_OUT':
    case 'SERVICE_DEADLINE':
      return 'timeOut'
    default:
      return undefined
  }
}

/** All users or groups that match. */
export function wholeFilter(kindFilters: readonly Filter[], condition: Filter | undefined): Filter {
  return allOf(...kindFilters, ...(condition === undefined ? [] : [condition]))
}
