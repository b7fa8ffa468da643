/**
 * Logical fields, and the attributes that hold them by default.
 *
 * The console and its callers use the logical names; which attribute a field lives
 * in is a setting, with defaults for Active Directory and for other LDAP servers.
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
export type DirectoryType = 'activeDirectory' | 'generic'

export interface AttributeMapping {
  readonly user: Readonly<Partial<Record<UserField, string>>>
  readonly group: Readonly<Partial<Record<GroupField, string>>>
}

export const defaultMapping: Readonly<Record<DirectoryType, AttributeMapping>> = {
  activeDirectory: {
    user: {
      login: 'sAMAccountName',
      userPrincipalName: 'userPrincipalName',
      mail: 'mail',
      givenName: 'givenName',
      surname: 'sn',
      displayName: 'displayName',
      phone: 'telephoneNumber',
      mobile: 'mobile',
      department: 'department',
      manager: 'manager',
      employeeId: 'employeeID',
      memberOf: 'memberOf',
    },
    group: { name: 'sAMAccountName', description: 'description', mail: 'mail', member: 'member', memberOf: 'memberOf' },
  },
  generic: {
    user: {
      login: 'uid',
      mail: 'mail',
      givenName: 'givenName',
      surname: 'sn',
      displayName: 'displayName',
      phone: 'telephoneNumber',
      mobile: 'mobile',
      department: 'departmentNumber',
      manager: 'manager',
      employeeId: 'employeeNumber',
      memberOf: 'memberOf',
    },
    group: { name: 'cn', description: 'description', mail: 'mail', member: 'member', memberOf: 'memberOf' },
  },
}

/** How the bytes of the object identifier become text. `guid` is Active Directory's: three little-endian groups first. */
export const identifierKinds = ['guid', 'text', 'hex'] as const

export interface TypeDefaults {
  readonly userObjectClass: string
  readonly groupObjectClass: string
  readonly userFilter: string | undefined
  readonly identifier: { readonly attribute: string; readonly dataType: (typeof identifierKinds)[number] }
}

export const typeDefaults: Readonly<Record<DirectoryType, TypeDefaults>> = {
  activeDirectory: {
    userObjectClass: 'user',
    groupObjectClass: 'group',
    // Computers are of class user as well.
    userFilter: '(objectCategory=person)',
    identifier: { attribute: 'objectGUID', dataType: 'guid' },
  },
  generic: {
    userObjectClass: 'inetOrgPerson',
    groupObjectClass: 'groupOfNames',
    userFilter: undefined,
    identifier: { attribute: 'entryUUID', dataType: 'text' },
  },
}
