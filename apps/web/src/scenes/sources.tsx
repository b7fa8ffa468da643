/**
 * Inventory sources of a group: other MDM servers that are asked, and agents of others that report.
 *
 * @module
 */
import { Stack } from '@mantine/core'
import { getRouteApi } from '@tanstack/react-router'
import { Page } from '../parts/page.tsx'
import { AgentSecrets } from '../sources/agent-secrets.tsx'
import { MdmSources } from '../sources/mdm-sources.tsx'

const route = getRouteApi('/shell/groups/$group')

export function SourcesScene() {
  const { group } = route.useParams()
  return (
    <Page
      title="Inventory sources"
      says="Who else knows devices of this group. Everything they say is kept with their name and its age; whom to believe first is in the device settings."
    >
      <Stack gap="lg" key={group}>
        <MdmSources group={group} />
        <AgentSecrets group={group} />
      </Stack>
    </Page>
  )
}
