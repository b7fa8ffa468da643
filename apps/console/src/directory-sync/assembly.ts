/**
 * The sync of directories, made in order and connected.
 *
 * @module
 */
import type { Clock } from '@sallygate/base/clock'
import type { Log } from '@sallygate/base/log'
import type { Store } from '@sallygate/store'
import type { Caller } from '../calls/caller.ts'
import type { Events } from '../events/events.ts'
import type { OrganizationGroups } from '../organization-groups/organization-groups.ts'
import type { ServiceBook } from '../services/service-book.ts'
import { SyncRules } from './rules.ts'
import { RunNews, type SafeguardMail } from './run-news.ts'
import { DirectorySyncs } from './syncs.ts'

export interface DirectorySyncParts {
  readonly store: Store
  readonly clock: Clock
  readonly log: Log
  readonly groups: OrganizationGroups
  readonly services: ServiceBook
  readonly call: Caller['call']
  readonly events: () => Pick<Events, 'raise'>
  readonly mail?: SafeguardMail
}

export function assembleDirectorySync(parts: DirectorySyncParts) {
  const { store, clock, log, groups, services, call, events, mail } = parts
  const rules = new SyncRules(services, groups)
  const nameOf = async (group: string) => (await groups.byId(group))?.name ?? group
  const news = new RunNews({ events, log, nameOf, mail })
  const syncs = new DirectorySyncs({ store, clock, log, call, rules, news, groups: () => groups.list() })
  return { rules, syncs }
}
