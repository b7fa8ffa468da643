/**
 * What the settings of a group say about its sync.
 *
 * @module
 */
import { hash } from 'node:crypto'
import type { Safeguards } from '@sallygate/domain'
import { directorySettings, type DirectorySettings } from '@sallygate/service-directory/contract'
import type { OrganizationGroups } from '../organization-groups/organization-groups.ts'
import type { ServiceBook } from '../services/service-book.ts'

export interface Rules {
  readonly isOn: boolean
  /** The group whose settings they are. */
  readonly from: string
  readonly fromName: string
  readonly everyMinutes: number
  readonly fullEveryHours: number
  readonly safeguards: Safeguards
  /** Of everything that decides who is read and how: another one, and everything is read anew. */
  readonly digest: string
}

/** What decides how often, how fast and how a server is reached, and not what is in it. Not who asks: another account sees others. */
const elsewhere = new Set([
  'servers',
  'discovery',
  'encryption',
  'trust',
  'certificatePins',
  'referrals',
  'connectTimeoutMs',
  'operationTimeoutMs',
  'maxBytes',
  'maxEntries',
  'sync',
])

export class SyncRules {
  readonly #services: ServiceBook
  readonly #groups: OrganizationGroups

  constructor(services: ServiceBook, groups: OrganizationGroups) {
    this.#services = services
    this.#groups = groups
  }

  /** @returns `undefined` where the directory service is off. */
  async of(group: string): Promise<Rules | undefined> {
    const { settings, from } = await this.#services.state(group, 'directory')
    if (settings === undefined || from === undefined) return undefined
    // Read anew: defaults may have come since these were stored.
    const read = directorySettings.schema.safeParse(settings)
    if (!read.success) return undefined
    const { sync } = read.data
    return {
      isOn: sync.isOn,
      from,
      fromName: (await this.#groups.byId(from))?.name ?? from,
      everyMinutes: sync.everyMinutes,
      fullEveryHours: sync.fullEveryHours,
      safeguards: sync.safeguards,
      digest: digestOf(read.data),
    }
  }
}

function digestOf(settings: DirectorySettings): string {
  const kept = Object.entries(settings)
    .filter(([name, value]) => !elsewhere.has(name) && value !== undefined)
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
  return hash('sha256', JSON.stringify([kept, settings.sync.groups]))
}
