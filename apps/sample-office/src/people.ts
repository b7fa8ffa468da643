/**
 * The people of the sample office. All made up; example.com belongs to nobody (RFC 2606).
 *
 * @module
 */

export const baseDn = 'dc=sample-office,dc=example,dc=com'
export const peopleDn = `ou=People,${baseDn}`
export const groupsDn = `ou=Groups,${baseDn}`

/** The account Sallygate looks things up with. */
export const reader = { dn: `cn=sallygate-reader,ou=Services,${baseDn}`, password: 'sample-office-reader' } as const

/** Everybody signs in with this. It is in the documentation, and opens nothing but this simulation. */
export const everybodysPassword = 'sample-office'

export interface Person {
  readonly uid: string
  readonly givenName: string
  readonly surname: string
  readonly title: string
  readonly department: string
  readonly manager?: string
  /** Signs in to this answer of the directory in place of success. */
  readonly refusal?: 'locked' | 'passwordExpired' | 'mustChange'
}

const person = (
  uid: string,
  givenName: string,
  surname: string,
  title: string,
  department: string,
  more: Pick<Person, 'manager' | 'refusal'> = {},
): Person => ({ uid, givenName, surname, title, department, ...more })

export const people: readonly Person[] = [
  person('ada.okafor', 'Ada', 'Okafor', 'Head of IT', 'IT'),
  person('bruno.keller', 'Bruno', 'Keller', 'Network engineer', 'IT', { manager: 'ada.okafor' }),
  person('chen.wei', 'Wei', 'Chen', 'Endpoint engineer', 'IT', { manager: 'ada.okafor' }),
  person('dolores.ibarra', 'Dolores', 'Ibarra', 'Managing director', 'Management'),
  person('emre.yildiz', 'Emre', 'Yıldız', 'Accountant', 'Finance', { manager: 'dolores.ibarra' }),
  person('freya.lindqvist', 'Freya', 'Lindqvist', 'Controller', 'Finance', { manager: 'dolores.ibarra' }),
  person('gareth.obrien', 'Gareth', "O'Brien", 'Sales representative', 'Sales', { manager: 'dolores.ibarra' }),
  person('hana.suzuki', 'Hana', 'Suzuki', 'Sales representative', 'Sales', { manager: 'gareth.obrien' }),
  person('imani.mbeki-ross', 'Imani', 'Mbeki-Ross', 'Field technician', 'Operations', { manager: 'ada.okafor' }),
  person('jakub.zelenka', 'Jakub', 'Zelenka', 'Warehouse (shared tablet)', 'Operations', { refusal: 'locked' }),
  person('kirsi.maenpaeae', 'Kirsi', 'Mäenpää', 'Intern', 'Operations', { refusal: 'mustChange' }),
  person('luc.st-pierre', 'Luc', 'St. Pierre (contractor, until May)', 'Contractor', 'Sales', {
    refusal: 'passwordExpired',
  }),
]

export interface Group {
  readonly name: string
  readonly description: string
  readonly members: readonly string[]
}

const inDepartment = (...departments: readonly string[]) =>
  people.filter(({ department }) => departments.includes(department)).map(({ uid }) => uid)

export const groups: readonly Group[] = [
  { name: 'Everybody', description: 'All people of the office', members: people.map(({ uid }) => uid) },
  { name: 'IT administrators', description: 'May manage devices', members: inDepartment('IT') },
  {
    name: 'Wi-Fi field devices',
    description: 'Tablets and phones outside',
    members: inDepartment('Operations', 'Sales'),
  },
  { name: 'Finance (need-to-know)', description: 'Books and payroll', members: inDepartment('Finance', 'Management') },
]

export const personDn = (uid: string) => `uid=${uid},${peopleDn}`
