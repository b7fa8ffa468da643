/**
 * The fields of users and groups, in the words of the screen.
 *
 * @module
 */

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
