/**
 * A warning beside the settings of a service: no connector can carry it for this group.
 *
 * @module
 */
import { useQueries, useQuery } from '@tanstack/react-query'
import { connectorsQuery, groupsQuery } from '../api/queries.ts'
import { LinkButton } from '../parts/link-button.tsx'
import { Notice } from '../parts/notice.tsx'
import { cloudConnectorFields } from '../settings/cloud-connector-fields.ts'
import { settingsPageQuery } from '../settings/settings-query.ts'
import { may, useSession } from '../shell/session.ts'
import { chainOf, neededOperation, obstacleOf, type Obstacle } from './carriers.ts'
import type { ServiceName } from './service-query.ts'

export interface CarrierNoticeProps {
  readonly group: string
  readonly service: ServiceName
}

/** Only for who may see all that it is made of; whoever may not sees it when the service is tested. */
export function CarrierNotice({ group, service }: CarrierNoticeProps) {
  const session = useSession()
  const isSeen = (['organization-groups:read', 'connectors:read', 'settings:read'] as const).every((right) =>
    may(session, right),
  )
  return isSeen ? <Looked group={group} service={service} /> : null
}

function Looked({ group, service }: CarrierNoticeProps) {
  const groups = useQuery(groupsQuery)
  const chain = chainOf(groups.data ?? [], group)
  const connectors = useQueries({ queries: chain.map(({ id }) => connectorsQuery(id)) })
  const page = useQuery(settingsPageQuery(group, service))
  const cloud = useQuery(settingsPageQuery(group, 'cloudConnector'))
  const isKnown = chain.length > 0 && connectors.every(({ data }) => data !== undefined)
  if (!isKnown || page.data === undefined || cloud.data === undefined) return null
  const { isEnabled, services } = cloudConnectorFields(cloud.data, [service])
  if (!isEnabled || services[service] === 'off') return <TurnedOff group={group} />
  // What goes without connectors needs none.
  if (services[service] === 'direct') return null
  const places = chain.map(({ id }, at) => ({ group: id, connectors: connectors[at]?.data ?? [] }))
  const from = Object.values(page.data.values).find((value) => typeof value.from === 'object')?.from
  const obstacle = obstacleOf(service, places, typeof from === 'object' ? from.group : undefined)
  return obstacle === undefined ? null : <Told group={group} service={service} obstacle={obstacle} />
}

function TurnedOff({ group }: { readonly group: string }) {
  return (
    <Notice
      about="warning"
      says="The cloud connector settings turn this service off for this group."
      fix="What is set here has no effect until they let it through."
    >
      <LinkButton to="/groups/$group/cloud-connector" params={{ group }} isSmall>
        To the cloud connector
      </LinkButton>
    </Notice>
  )
}

const words: Readonly<Record<Obstacle, readonly [says: string, fix: string]>> = {
  noConnector: [
    'No connector is enrolled in this group, nor in one above.',
    'Nobody can reach what is set here. Invite a connector.',
  ],
  settingsElsewhere: [
    'These settings reach no connector.',
    'The connectors that serve this group are those of a group above, and run on its settings. Let this group inherit them, or enroll a connector in it.',
  ],
  noneAttached: [
    'No connector that serves this group is attached.',
    'What is saved reaches each as soon as it is back. Start one, or look at its log.',
  ],
  noneAllowed: ['No attached connector of this group may do this.', ''],
}

function Told({ group, service, obstacle }: CarrierNoticeProps & { readonly obstacle: Obstacle }) {
  const [says, fix] = words[obstacle]
  const isAboutPolicy = obstacle === 'noneAllowed'
  return (
    <Notice
      about="warning"
      says={says}
      fix={
        isAboutPolicy
          ? `Allow ${neededOperation[service]} under [services.${service}] in the policy file on its host, or update its program.`
          : fix
      }
    >
      {obstacle === 'noConnector' || obstacle === 'settingsElsewhere' ? (
        <LinkButton to="/groups/$group/invite" params={{ group }} isSmall>
          Invite a connector
        </LinkButton>
      ) : (
        <LinkButton to="/groups/$group/connectors" params={{ group }} isSmall>
          To the connectors
        </LinkButton>
      )}
    </Notice>
  )
}
