/**
 * Instance settings: what a connector is told about itself, so that it holds to it as well.
 *
 * Which services it carries, for whom, and where the relay is. The console enforces all of
 * it before it sends; a connector that knows it refuses also what a stolen console key asks.
 *
 * @module
 */
import type { InstanceSettings } from '@sallygate/service-instance/contract'
import type { BookEntry } from '../connectors/instance-book.ts'
import { cloudConnectorOf } from '../connectors/serving.ts'
import type { OrganizationGroups } from '../organization-groups/organization-groups.ts'
import type { RelaySettings } from '../relay/relay-settings.ts'
import { cloudConnectorPageName, type CloudConnectorSettings } from './cloud-connector.ts'
import type { SettingsBook } from './settings-book.ts'
import { siteUrlsPageName } from './site-urls.ts'

export interface InstanceSettingsParts {
  readonly groups: OrganizationGroups
  readonly settings: SettingsBook
  readonly relay: () => RelaySettings | undefined
  readonly isDirect: (instance: string) => boolean
}

/** More groups that differ from the connector's own than fit into one request are enforced by the console alone. */
const mostGroups = 500

export async function instanceSettings(
  { groups, settings, relay, isDirect }: InstanceSettingsParts,
  { id, group }: BookEntry,
): Promise<{ readonly settings: InstanceSettings; readonly generation: number }> {
  const tree = await groups.tree()
  const page = await settings.of(group, cloudConnectorPageName)
  const own = cloudConnectorOf(page)
  const switches = (cloud: CloudConnectorSettings) => ({
    isEnabled: cloud.isEnabled,
    services: Object.fromEntries(
      Object.entries(cloud.services).map(([service, route]) => [
        service,
        route === (isDirect(id) ? 'direct' : 'connectors'),
      ]),
    ),
    components: { ...cloud.components },
  })
  const actingGroups: [string, ReturnType<typeof switches>][] = []
  for (const below of tree.subtree(group).slice(1)) {
    const theirs = await settings.of(below.id, cloudConnectorPageName)
    if (theirs.source !== page.source && actingGroups.length < mostGroups) {
      actingGroups.push([below.id, switches(cloudConnectorOf(theirs))])
    }
  }
  const urls = relay()
  const relayUrl = own.relayUrlChoice === 'internal' ? urls?.internalUrl : urls?.externalUrl
  const site = await settings.of(group, siteUrlsPageName)
  return {
    settings: {
      ...switches(own),
      autoUpdate: own.autoUpdate,
      actingGroups: Object.fromEntries(actingGroups),
      ...(relayUrl === undefined ? {} : { relayUrl }),
    },
    generation: Math.max(page.generation, site.generation, await settings.newestBelow(group, cloudConnectorPageName)),
  }
}

/** The page whose change makes a connector's settings of a service, or of itself, new. */
export function pageOf(service: string): string {
  return service === 'instance' ? cloudConnectorPageName : service
}
