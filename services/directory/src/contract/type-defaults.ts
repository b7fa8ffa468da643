/**
 * What each type of directory has by default, and what is in force once settings are put over it.
 *
 * Active Directory and OpenLDAP's ways are proven against running servers; Domino's and
 * eDirectory's are from their vendors' schema documents (docs/directory.md says which is which).
 *
 * @module
 */
import type { DisabledRule, transitiveRules } from './content-settings.ts'
import type { AttributeMapping, DirectoryType, identifierKinds } from './fields.ts'
import type { DraftSettings } from './settings.ts'

export interface Membership {
  /** Of a group: who is in it. */
  readonly attribute: string
  readonly holds: 'dn' | 'login'
  readonly transitive: (typeof transitiveRules)[number]
}

export interface TypeDefaults {
  readonly userObjectClass: string
  readonly groupObjectClass: string
  readonly userFilter: string | undefined
  readonly identifier: { readonly attribute: string; readonly dataType: (typeof identifierKinds)[number] }
  readonly disabledRule: DisabledRule
  readonly transitive: Membership['transitive']
  readonly mapping: AttributeMapping
}

const commonUser = {
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
} as const

const commonGroup = {
  name: 'cn',
  description: 'description',
  mail: 'mail',
  member: 'member',
  memberOf: 'memberOf',
} as const

export const typeDefaults: Readonly<Record<DirectoryType, TypeDefaults>> = {
  activeDirectory: {
    userObjectClass: 'user',
    groupObjectClass: 'group',
    // Computers are of class user as well.
    userFilter: '(objectCategory=person)',
    identifier: { attribute: 'objectGUID', dataType: 'guid' },
    // ACCOUNTDISABLE (MS-ADTS 2.2.16).
    disabledRule: { kind: 'flagBit', attribute: 'userAccountControl', bit: 2 },
    transitive: 'matchingRule',
    mapping: {
      user: {
        ...commonUser,
        login: 'sAMAccountName',
        userPrincipalName: 'userPrincipalName',
        department: 'department',
        employeeId: 'employeeID',
      },
      group: { ...commonGroup, name: 'sAMAccountName' },
    },
  },
  generic: {
    userObjectClass: 'inetOrgPerson',
    groupObjectClass: 'groupOfNames',
    userFilter: undefined,
    identifier: { attribute: 'entryUUID', dataType: 'text' },
    disabledRule: { kind: 'none' },
    transitive: 'walk',
    mapping: { user: commonUser, group: commonGroup },
  },
  domino: {
    userObjectClass: 'dominoPerson',
    groupObjectClass: 'dominoGroup',
    userFilter: undefined,
    identifier: { attribute: 'dominoUNID', dataType: 'text' },
    disabledRule: { kind: 'none' },
    transitive: 'walk',
    mapping: { user: { ...commonUser, displayName: 'cn', memberOf: 'dominoAccessGroups' }, group: commonGroup },
  },
  eDirectory: {
    userObjectClass: 'inetOrgPerson',
    groupObjectClass: 'groupOfNames',
    userFilter: undefined,
    identifier: { attribute: 'GUID', dataType: 'hex' },
    disabledRule: { kind: 'value', attribute: 'loginDisabled', value: 'TRUE' },
    transitive: 'walk',
    mapping: {
      user: {
        ...commonUser,
        login: 'cn',
        displayName: 'fullName',
        employeeId: 'workforceID',
        memberOf: 'groupMembership',
      },
      group: { ...commonGroup, memberOf: 'groupMembership' },
    },
  },
}

/** Settings with the defaults of their type filled in. */
export interface ContentInForce extends Omit<TypeDefaults, 'transitive'> {
  readonly groupFilter: string | undefined
  readonly membership: Membership
  /** Attributes of users by the names they get here. */
  readonly custom: Readonly<Record<string, string>>
}

export function contentInForce(settings: DraftSettings): ContentInForce {
  const defaults = typeDefaults[settings.type]
  const mapping: AttributeMapping = {
    user: { ...defaults.mapping.user, ...settings.userAttributes },
    group: { ...defaults.mapping.group, ...settings.groupAttributes },
  }
  const { membership } = settings
  return {
    userObjectClass: settings.userObjectClass ?? defaults.userObjectClass,
    groupObjectClass: settings.groupObjectClass ?? defaults.groupObjectClass,
    userFilter: settings.userFilter ?? defaults.userFilter,
    groupFilter: settings.groupFilter,
    identifier: settings.objectIdentifier ?? defaults.identifier,
    disabledRule: settings.disabledRule ?? defaults.disabledRule,
    membership: {
      attribute: membership?.attribute ?? mapping.group.member ?? 'member',
      holds: membership?.holds ?? 'dn',
      transitive: membership?.transitive ?? defaults.transitive,
    },
    mapping,
    custom: settings.customAttributes ?? {},
  }
}
