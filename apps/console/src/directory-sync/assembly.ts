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
import type { Post } from '../mail/post.ts'
import type { ServiceBook } from '../services/service-book.ts'
import type { SettingsBook } from '../settings/settings-book.ts'
import { SyncRules } from './rules.ts'
import { RunNews } from './run-news.ts'
import { SyncMails } from './sync-mails.ts'
import { DirectorySyncs } from './syncs.ts'

export interface DirectorySyncParts {
  readonly store: Store
  readonly clock: Clock
  readonly log: Log
  readonly groups: OrganizationGroups
  readonly services: ServiceBook
  readonly call: Caller['call']
  readonly events: () => Pick<Events, 'raise'>
  readonly pages: Pick<SettingsBook, 'of'>
  readonly post: () => Post
}

export function assembleDirectorySync(parts: DirectorySyncParts) {
  const { store, clock, log, groups, services, call, events, pages, post } = parts
  const rules = new SyncRules(services, groups)
  const nameOf = async (group: string) => (await groups.byId(group))?.name ?? group
  const news = new RunNews({ events, log, nameOf, mails: new SyncMails({ post, pages, nameOf }) })
  const syncs = new DirectorySyncs({ store, clock, log, call, rules, news, groups: () => groups.list() })
  return { rules, syncs }
}
