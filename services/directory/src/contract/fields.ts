/**
 * Logical fields of users and groups.
 *
 * The console and its callers use the logical names; which attribute a field lives
 * in is a setting, with the defaults of type-defaults.ts.
 *
 * @module
 */

export const userFields = [
  'login',
  'userPrincipalName',
  'mail',
  'givenName',
  'surname',
  'displayName',
  'phone',
  'mobile',
  'department',
  'manager',
  'employeeId',
  'memberOf',
] as const

export const groupFields = ['name', 'description', 'mail', 'member', 'memberOf'] as const

export type UserField = (typeof userFields)[number]
export type GroupField = (typeof groupFields)[number]

export const directoryTypes = ['activeDirectory', 'generic', 'domino', 'eDirectory'] as const
export type DirectoryType = (typeof directoryTypes)[number]

export interface AttributeMapping {
  readonly user: Readonly<Partial<Record<UserField, string>>>
  readonly group: Readonly<Partial<Record<GroupField, string>>>
}

/** How the bytes of the object identifier become text. `guid` is Active Directory's: three little-endian groups first. */
export const identifierKinds = ['guid', 'text', 'hex'] as const
