/**
 * Roles that every installation has. People add their own; these cannot be changed.
 *
 * @module
 */
import { resources, rights, type Resource, type Right } from '../http/policy.ts'

export interface Role {
  readonly id: string
  readonly name: string
  readonly says: string
  readonly rights: readonly Right[]
}

export const administratorRole = 'administrator'

const read = (...of: readonly Resource[]): readonly Right[] => of.map((resource) => `${resource}:read` as const)
const edit = (...of: readonly Resource[]): readonly Right[] => of.map((resource) => `${resource}:edit` as const)

/** What the overview shows. */
const overview = read('status', 'organization-groups', 'connectors', 'events')

export const builtInRoles: readonly Role[] = [
  { id: administratorRole, name: 'Administrator', says: 'May do everything.', rights },
  { id: 'auditor', name: 'Auditor', says: 'Sees everything and changes nothing.', rights: read(...resources) },
  {
    id: 'connector-operator',
    name: 'Connector operator',
    says: 'Enrolls, watches, drains and revokes connectors.',
    rights: [
      ...overview,
      ...read('certificates', 'services', 'settings', 'requests', 'traces'),
      ...edit('connectors', 'enrollment', 'traces'),
    ],
  },
  {
    id: 'directory-operator',
    name: 'Directory operator',
    says: 'Sets up the directory service and tests it.',
    rights: [
      ...overview,
      ...read('services', 'settings', 'requests', 'traces', 'directory'),
      ...edit('services', 'calls', 'traces', 'directory'),
    ],
  },
  {
    id: 'rest-mdm-read',
    name: 'REST API MDM read',
    says: 'What an account of nac has that asks about devices. It opens nothing in the console.',
    rights: read('mdm'),
  },
  {
    id: 'rest-mdm-edit',
    name: 'REST API MDM edit',
    says: 'What an account of nac has that also acts on devices. It opens nothing in the console.',
    rights: [...read('mdm'), ...edit('mdm')],
  },
  {
    id: 'nac',
    name: 'nac',
    says: 'For the nac process itself: reads the feed, reports, hands actions over. Not for a NAC that asks nac.',
    rights: edit('nac-feed'),
  },
  {
    id: 'device-operator',
    name: 'Device operator',
    says: 'Enrolls devices, looks after them, and asks them to lock or wipe. Policies are for others to change.',
    rights: [...overview, ...read('devices', 'policies', 'settings'), ...edit('devices')],
  },
  {
    id: 'help-desk',
    name: 'Help desk',
    says: 'Looks at what is wrong and tests connections.',
    rights: [
      ...overview,
      ...read('services', 'requests', 'traces', 'directory', 'devices', 'policies'),
      ...edit('traces'),
    ],
  },
]
