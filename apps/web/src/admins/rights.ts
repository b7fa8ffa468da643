/**
 * Rights as a table: what a right is about, and whether it is only to see or also to change.
 *
 * @module
 */
import type { Session } from '../api/access-shapes.ts'

export interface ResourceRow {
  readonly resource: string
  readonly title: string
  readonly says: string
}

const words: Readonly<Record<string, readonly [title: string, says: string]>> = {
  status: ['Status', 'the overview and its warnings'],
  relay: ['Relay', 'site URLs and the secure channel'],
  certificates: ['Certificates', 'of groups and TLS'],
  'organization-groups': ['Organization groups', 'the tree; make, rename, move, delete'],
  connectors: ['Connectors', 'drain, maintenance, weight, revoke'],
  enrollment: ['Enrollment', 'codes and installers'],
  directory: ['People and groups', 'of the directory, and the runs of their sync'],
  services: ['Enterprise services', 'their settings, on and off'],
  settings: ['Settings', 'inherit, override, what children may'],
  calls: ['Calls', 'ask through a connector, search the directory'],
  requests: ['Request log', 'what was asked through connectors'],
  traces: ['Tests and traces', 'Test connection, View trace'],
  audit: ['Audit', 'who changed what'],
  events: ['Events', 'what happened'],
  system: ['System', 'backups'],
  admins: ['Administrators', 'accounts and what they may'],
  roles: ['Roles', 'lists of rights'],
  'api-keys': ['API keys', 'for programs'],
  devices: ['Devices', 'the inventory, and orders to devices'],
  policies: ['Compliance policies', 'what a device has to be'],
  sources: ['Sources', 'other inventories that are read'],
  nac: ['NAC', 'accounts and settings of the MDM API'],
  'nac-feed': ['NAC feed', 'for the nac process itself'],
  mdm: ['REST API MDM', 'for a NAC that asks about devices'],
}

/** One row per resource, in the order of the console. */
export function resourceRows(rights: readonly string[]): readonly ResourceRow[] {
  const resources = new Set(rights.map((right) => right.slice(0, right.lastIndexOf(':'))))
  return [...resources].map((resource) => {
    const [title, says] = words[resource] ?? [resource, '']
    return { resource, title, says }
  })
}

/** To change without seeing makes no page work: edit brings read along, and read gone takes edit away. */
export function toggled(
  rights: ReadonlySet<string>,
  resource: string,
  kind: 'read' | 'edit',
  isOn: boolean,
): ReadonlySet<string> {
  const [read, edit] = [`${resource}:read`, `${resource}:edit`]
  const next = new Set(rights)
  if (isOn) {
    next.add(read)
    if (kind === 'edit') next.add(edit)
  } else {
    next.delete(edit)
    if (kind === 'read') next.delete(read)
  }
  return next
}

/** What one has in a group, or everywhere: nobody gives more than he has. */
export function rightsIn({ grants }: Pick<Session, 'grants'>, ancestors: readonly string[]): ReadonlySet<string> {
  return new Set(
    grants
      .filter(({ group }) => group === undefined || ancestors.includes(group))
      .flatMap(({ resources }) => resources),
  )
}
