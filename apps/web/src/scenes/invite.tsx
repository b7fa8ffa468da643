/**
 * Invite a connector.
 *
 * @module
 */
import { TextLink } from '../parts/link-button.tsx'
import { Paper } from '@mantine/core'
import { getRouteApi } from '@tanstack/react-router'
import { Page } from '../parts/page.tsx'
import { Invitation } from './invitation.tsx'

const route = getRouteApi('/shell/groups/$group')

export function InviteScene() {
  const { group } = route.useParams()
  return (
    <Page
      title="Invite a connector"
      says={
        <TextLink to="/groups/$group/connectors" params={{ group }}>
          All connectors
        </TextLink>
      }
    >
      <Paper>
        <Invitation group={group} />
      </Paper>
    </Page>
  )
}
