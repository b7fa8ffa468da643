/**
 * The settings of the directory service.
 *
 * @module
 */
import { Paper, Stack } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { getRouteApi } from '@tanstack/react-router'
import { directoryQuery } from '../api/queries.ts'
import { DirectoryForm } from '../directory/directory-form.tsx'
import { DirectoryPage } from '../directory/directory-page.tsx'
import { Answer } from '../parts/answer.tsx'
import { CarrierNotice } from '../services/carrier-notice.tsx'
import { TurnOff } from '../services/turn-off.tsx'
import { may, useSession } from '../shell/session.ts'

const route = getRouteApi('/shell/groups/$group')

export function DirectorySettingsScene() {
  const { group } = route.useParams()
  const session = useSession()
  const service = useQuery(directoryQuery(group))
  return (
    <DirectoryPage group={group} says="How the connectors of this group reach the directory, and what they read there.">
      <Answer of={service}>
        {(data) => (
          <Stack gap="lg">
            <CarrierNotice group={group} service="directory" />
            <Paper>
              <DirectoryForm key={group} group={group} service={data} />
            </Paper>
            {data.settings !== null && may(session, 'services:edit') && (
              <TurnOff
                group={group}
                service="directory"
                what="the directory"
                says="The directory is not reached any more, here and in groups that inherit these settings. What was set in this group is erased, the bind password included."
              />
            )}
          </Stack>
        )}
      </Answer>
    </DirectoryPage>
  )
}
