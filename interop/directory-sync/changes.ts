/**
 * What changes in a directory: one of each kind, as an administrator does it.
 *
 * @module
 */
import type { Administrator } from './administrator.ts'
import type { Person, Team, Unit } from './office.ts'

/** How a kind of directory calls things, and what a new one needs. */
export interface Place {
  person(person: Pick<Person, 'name' | 'unit'>): string
  team(team: Pick<Team, 'name' | 'unit'>): string
  unit(unit: Unit): string
  readonly newPerson: (login: string) => Readonly<Record<string, string | readonly string[]>>
  readonly newTeam: (name: string, member: string) => Readonly<Record<string, string | readonly string[]>>
  readonly disable: (admin: Administrator, dn: string) => Promise<void>
}

export interface OfficeChange {
  readonly says: string
  readonly make: (admin: Administrator, place: Place) => Promise<void>
}

const ada = { name: 'Ada Lovelace', unit: 'sales' } as const
const john = { name: 'Smith, John', unit: 'sales' } as const
const team = (name: string) => ({ name, unit: 'teams' }) as const

/** In this order: each stands on those before it. */
export const officeChanges: readonly OfficeChange[] = [
  {
    says: 'a person comes',
    make: (admin, place) => admin.add(place.person({ name: 'New Hire', unit: 'sales' }), place.newPerson('hire')),
  },
  {
    says: 'a telephone number changes',
    make: (admin, place) => admin.set(place.person(ada), 'telephoneNumber', '+49 30 99'),
  },
  {
    says: 'a field is emptied',
    make: (admin, place) => admin.set(place.person(ada), 'displayName'),
  },
  {
    says: 'a person is renamed',
    make: (admin, place) => admin.move(place.person(john), place.person({ name: 'Smith-Doe, John', unit: 'sales' })),
  },
  {
    says: 'a person moves to another unit',
    make: (admin, place) =>
      admin.move(
        place.person({ name: 'New Hire', unit: 'sales' }),
        place.person({ name: 'New Hire', unit: 'archive' }),
      ),
  },
  {
    says: 'a person joins a group',
    make: (admin, place) =>
      admin.addValues(place.team(team('level-2')), 'member', place.person({ name: 'New Hire', unit: 'archive' })),
  },
  {
    says: 'a person leaves a group',
    make: (admin, place) =>
      admin.removeValues(place.team(team('level-3')), 'member', place.person({ name: 'Olga Off', unit: 'archive' })),
  },
  {
    says: 'a group joins a group, and makes another ring',
    make: (admin, place) => admin.addValues(place.team(team('level-3')), 'member', place.team(team('level-1'))),
  },
  {
    says: 'an account is disabled',
    make: (admin, place) => place.disable(admin, place.person({ name: 'Max Must', unit: 'archive' })),
  },
  {
    says: 'a group comes',
    make: (admin, place) =>
      admin.add(place.team(team('fresh')), place.newTeam('fresh', place.person({ name: 'Max Must', unit: 'archive' }))),
  },
  {
    says: 'a group is renamed',
    make: (admin, place) => admin.move(place.team(team('fresh')), place.team(team('not so fresh'))),
  },
  {
    says: 'a group is deleted',
    make: (admin, place) => admin.remove(place.team(team('not so fresh'))),
  },
  {
    says: 'a person is deleted',
    make: (admin, place) => admin.remove(place.person({ name: 'Pia Past', unit: 'archive' })),
  },
  {
    says: 'a unit is renamed, and everybody below it with it',
    make: (admin, place) =>
      admin.move(place.unit('sales/north'), place.unit('sales/north').replace(/^(ou=)north/i, '$1south')),
  },
  {
    says: 'a unit moves below another one',
    make: (admin, place) =>
      admin.move(
        place.unit('sales/north').replace(/^(ou=)north/i, '$1south'),
        `${place.unit('sales/north').split(',')[0]?.replace(/north/i, 'south') ?? ''},${place.unit('archive')}`,
      ),
  },
]
