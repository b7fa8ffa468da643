/**
 * What each kind of directory has by default, to show where nobody has set anything.
 *
 * The connector's own table decides (`typeDefaults` of the directory service); e2e/web
 * holds this one against it.
 *
 * @module
 */

export type DirectoryType = 'activeDirectory' | 'generic' | 'domino' | 'eDirectory'

export const typeNames: Readonly<Record<DirectoryType, string>> = {
  activeDirectory: 'Active Directory',
  generic: 'Other LDAP directory',
  domino: 'HCL Domino',
  eDirectory: 'eDirectory',
}

export interface TypeDefaults {
  readonly userObjectClass: string
  readonly groupObjectClass: string
  readonly userFilter?: string
  readonly identifier: { readonly attribute: string; readonly dataType: string }
  readonly disabledRule: {
    readonly kind: string
    readonly attribute?: string
    readonly value?: string
    readonly bit?: number
  }
  readonly transitive: string
  readonly user: Readonly<Record<string, string>>
  readonly group: Readonly<Record<string, string>>
}

const user = {
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
}
const group = { name: 'cn', description: 'description', mail: 'mail', member: 'member', memberOf: 'memberOf' }

export const typeDefaults: Readonly<Record<DirectoryType, TypeDefaults>> = {
  activeDirectory: {
    userObjectClass: 'user',
    groupObjectClass: 'group',
    userFilter: '(objectCategory=person)',
    identifier: { attribute: 'objectGUID', dataType: 'guid' },
    disabledRule: { kind: 'flagBit', attribute: 'userAccountControl', bit: 2 },
    transitive: 'matchingRule',
    user: {
      ...user,
      login: 'sAMAccountName',
      userPrincipalName: 'userPrincipalName',
      department: 'department',
      employeeId: 'employeeID',
    },
    group: { ...group, name: 'sAMAccountName' },
  },
  generic: {
    userObjectClass: 'inetOrgPerson',
    groupObjectClass: 'groupOfNames',
    identifier: { attribute: 'entryUUID', dataType: 'text' },
    disabledRule: { kind: 'none' },
    transitive: 'walk',
    user,
    group,
  },
  domino: {
    userObjectClass: 'dominoPerson',
    groupObjectClass: 'dominoGroup',
    identifier: { attribute: 'dominoUNID', dataType: 'text' },
    disabledRule: { kind: 'none' },
    transitive: 'walk',
    user: { ...user, displayName: 'cn', memberOf: 'dominoAccessGroups' },
    group,
  },
  eDirectory: {
    userObjectClass: 'inetOrgPerson',
    groupObjectClass: 'groupOfNames',
    identifier: { attribute: 'GUID', dataType: 'hex' },
    disabledRule: { kind: 'value', attribute: 'loginDisabled', value: 'TRUE' },
    transitive: 'walk',
    user: { ...user, login: 'cn', displayName: 'fullName', employeeId: 'workforceID', memberOf: 'groupMembership' },
    group: { ...group, memberOf: 'groupMembership' },
  },
}

/** The fields of users and groups, in the words of the screen. */
export const userFieldNames: readonly (readonly [name: string, title: string])[] = [
  ['login', 'Sign-in name'],
  ['userPrincipalName', 'User principal name'],
  ['mail', 'Mail address'],
  ['displayName', 'Display name'],
  ['givenName', 'Given name'],
  ['surname', 'Surname'],
  ['phone', 'Phone'],
  ['mobile', 'Mobile phone'],
  ['department', 'Department'],
  ['manager', 'Manager'],
  ['employeeId', 'Employee number'],
  ['memberOf', 'Groups of the user'],
]
export const groupFieldNames: readonly (readonly [name: string, title: string])[] = [
  ['name', 'Name'],
  ['description', 'Description'],
  ['mail', 'Mail address'],
  ['member', 'Members'],
  ['memberOf', 'Groups of the group'],
]
