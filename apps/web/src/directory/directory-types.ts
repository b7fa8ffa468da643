/**
 * The kinds of directories. What each has by default is the console's to say: it is what connectors use.
 *
 * @module
 */
import { queryOptions } from '@tanstack/react-query'
import { ask, path } from '../api/client.ts'

export type DirectoryType = 'activeDirectory' | 'generic' | 'domino' | 'eDirectory'

export const typeNames: Readonly<Record<DirectoryType, string>> = {
  activeDirectory: 'Active Directory',
  generic: 'Other LDAP directory',
  domino: 'HCL Domino',
  eDirectory: 'eDirectory',
}

export interface TypeDefaults {
  readonly type: DirectoryType
  readonly userObjectClass: string
  readonly groupObjectClass: string
  readonly userFilter?: string
  readonly identifier: { readonly attribute: string }
  readonly disabledRule:
    | { readonly kind: 'value'; readonly attribute: string; readonly value: string }
    | { readonly kind: 'flagBit'; readonly attribute: string; readonly bit: number }
    | { readonly kind: 'none' }
  readonly transitive: string
  readonly mapping: {
    readonly user: Readonly<Record<string, string>>
    readonly group: Readonly<Record<string, string>>
  }
}

/** It changes with the console only. */
export const directoryTypesQuery = queryOptions({
  queryKey: ['directory types'],
  queryFn: async ({ signal }) =>
    (await ask<{ types: readonly TypeDefaults[] }>('GET', path`/api/directory/types`, { signal })).types,
  staleTime: Number.POSITIVE_INFINITY,
})
