/**
 * Where things are in each kind of directory, for the changes of `changes.ts`.
 *
 * @module
 */
import { adPerson, adTeam, adUnit } from './active-directory.ts'
import type { Place } from './changes.ts'
import { disabledMark, genericPerson, genericTeam, genericUnit } from './generic.ts'

export const genericPlace: Place = {
  person: genericPerson,
  team: genericTeam,
  unit: genericUnit,
  newPerson: (login) => ({ objectClass: 'inetOrgPerson', uid: login, sn: login, mail: `${login}@office.test` }),
  newTeam: (_name, member) => ({ objectClass: 'groupOfNames', member }),
  disable: (admin, dn) => admin.set(dn, disabledMark.attribute, disabledMark.value),
}

export const adPlace: Place = {
  person: adPerson,
  team: adTeam,
  unit: adUnit,
  newPerson: (login) => ({
    objectClass: 'user',
    sAMAccountName: login,
    mail: `${login}@corp.test`,
    userAccountControl: '544',
  }),
  newTeam: (name, member) => ({ objectClass: 'group', sAMAccountName: name, member }),
  disable: (admin, dn) => admin.set(dn, 'userAccountControl', '514'),
}
