/**
 * Settings changes: who has to hear of a change, and that they do.
 *
 * A page that changed in one group may hold in every group below it. Connectors hear of
 * what they run on, and what those they serve may do; who is away hears with his next hello.
 *
 * @module
 */
import { isDeepStrictEqual } from 'node:util'
import type { OrganizationGroups } from '../organization-groups/organization-groups.ts'
import type { RelayLink } from '../relay/relay-link.ts'
import type { RelaySettings, RelaySettingsFile } from '../relay/relay-settings.ts'
import type { ServiceBook } from '../services/service-book.ts'
import { ownService, type SettingsPush } from '../services/settings-push.ts'
import { cloudConnectorPageName } from './cloud-connector.ts'
import type { SettingsBook } from './settings-book.ts'
import { siteUrlsPageName } from './site-urls.ts'

export interface SettingsChangesParts {
  readonly groups: OrganizationGroups
  readonly settings: SettingsBook
  readonly push: SettingsPush
  readonly services: Pick<ServiceBook, 'names'>
  readonly relay: RelaySettingsFile
  readonly link: RelayLink
}

export class SettingsChanges {
  readonly #parts: SettingsChangesParts

  constructor(parts: SettingsChangesParts) {
    this.#parts = parts
  }

  /** Resolves when everybody who can be reached has answered or failed. */
  async changed(group: string, page: string): Promise<void> {
    const { groups, push, services } = this.#parts
    const isOwn = page === cloudConnectorPageName || page === siteUrlsPageName
    // The console's own: no connector has anything to do with it.
    if (!isOwn && !services.names.includes(page)) return
    const tree = await groups.tree()
    const below = tree.subtree(group).map(({ id }) => id)
    const heard = isOwn ? [...tree.ancestors(group).map(({ id }) => id), ...below] : below
    await Promise.all(heard.map((one) => push.toGroup(one, isOwn ? ownService : page)))
  }

  /** A group has another place, or none any more: everything at and below it may mean something else. */
  async moved(group: string | undefined, parents: readonly (string | undefined)[]): Promise<void> {
    const { settings } = this.#parts
    settings.forget()
    const pages = group === undefined ? [] : settings.names.map((page) => ({ group, page }))
    const above = parents
      .filter((parent) => parent !== undefined)
      .map((parent) => ({ group: parent, page: cloudConnectorPageName }))
    await settings.touch([...pages, ...above])
    for (const page of pages) await this.changed(page.group, page.page)
    for (const { group: parent, page } of above) await this.changed(parent, page)
  }

  /** @throws DIAL_BAD_URL. */
  async useRelay(next: RelaySettings): Promise<void> {
    const { groups, settings, relay, link } = this.#parts
    const before = relay.current
    // First dialed, then kept: what cannot be dialed must not come back with the next start.
    await link.use(next)
    relay.replace(next)
    const isNew = before === undefined || isDeepStrictEqual(urlsOf(before), urlsOf(next))
    if (isNew) return
    const top = (await groups.tree()).children(undefined)
    await settings.touch(top.map(({ id: group }) => ({ group, page: siteUrlsPageName })))
    await Promise.all(top.map(({ id }) => this.changed(id, siteUrlsPageName)))
  }
}

const urlsOf = ({ externalUrl, internalUrl }: RelaySettings) => [externalUrl, internalUrl]
