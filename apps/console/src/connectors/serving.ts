/**
 * Serving: whose connectors carry a call of a group, and whether they may.
 *
 * A group without connectors of its own uses those of the nearest group above that has
 * some. They run on that group's settings, so a group that has other settings for a
 * service is not served with them.
 *
 * @module
 */
import type { GroupTree } from '@sallygate/domain'
import type { OrganizationGroups } from '../organization-groups/organization-groups.ts'
import {
  cloudConnectorPageName,
  type CallerComponent,
  type CloudConnectorSettings,
} from '../settings/cloud-connector.ts'
import { cloudConnectorFailure } from '../settings/failures.ts'
import type { PageOf, SettingsBook } from '../settings/settings-book.ts'
import type { InstanceBook } from './instance-book.ts'

export interface ServingParts {
  readonly groups: OrganizationGroups
  readonly book: InstanceBook
  readonly settings: SettingsBook
  /** Stands beside the console. */
  readonly isDirect: (instance: string) => boolean
}

export interface ServedBy {
  /** The group whose connectors carry the call. */
  readonly group: string
  readonly isDirect: boolean
}

export class Serving {
  readonly #parts: ServingParts

  constructor(parts: ServingParts) {
    this.#parts = parts
  }

  /** @throws CLOUD_CONNECTOR_*. */
  async of(actingGroup: string, service: string, component: CallerComponent): Promise<ServedBy> {
    const { settings } = this.#parts
    const cloud = cloudConnectorOf(await settings.of(actingGroup, cloudConnectorPageName))
    if (!cloud.isEnabled) throw cloudConnectorFailure('OFF')
    if (!cloud.components[component]) throw cloudConnectorFailure('COMPONENT_OFF', { details: { component } })
    const route = cloud.services[service] ?? 'connectors'
    if (route === 'off') throw cloudConnectorFailure('SERVICE_OFF', { details: { service } })
    const isDirect = route === 'direct'
    const group = await this.nearest(actingGroup, isDirect)
    await this.requireSameSettings(actingGroup, group, service)
    return { group, isDirect }
  }

  /** The group itself where nobody above has connectors either. */
  async nearest(group: string, isDirect = false): Promise<string> {
    return this.nearestIn(await this.#parts.groups.tree(), group, isDirect)
  }

  nearestIn(tree: GroupTree, group: string, isDirect = false): string {
    const above = tree.ancestors(group).map(({ id }) => id)
    return [group, ...above].find((id) => this.#hasConnectors(id, isDirect)) ?? group
  }

  #hasConnectors(group: string, isDirect: boolean): boolean {
    const { book } = this.#parts
    return book.list(group).some(({ id, isRevoked }) => !isRevoked && this.#parts.isDirect(id) === isDirect)
  }

  /**
   * Before its connectors are asked about a group's service past `of`, one by one.
   *
   * @throws CLOUD_CONNECTOR_SETTINGS_ELSEWHERE.
   */
  async requireSameSettings(actingGroup: string, group: string, service: string): Promise<void> {
    if (await this.isElsewhere(actingGroup, group, service)) {
      throw cloudConnectorFailure('SETTINGS_ELSEWHERE', { details: { service } })
    }
  }

  /** Whether the connectors of the second group run on other settings for the service than the first has. */
  async isElsewhere(actingGroup: string, group: string, service: string): Promise<boolean> {
    if (group === actingGroup) return false
    const { settings } = this.#parts
    const [acting, running] = [await settings.of(actingGroup, service), await settings.of(group, service)]
    return acting.source !== running.source
  }
}

/** Values as they hold, without where they come from. The page's schema has read them. */
export function cloudConnectorOf(page: PageOf): CloudConnectorSettings {
  const values = Object.entries(page.values).map(([field, { value }]) => [field, value] as const)
  return Object.fromEntries(values) as unknown as CloudConnectorSettings
}
