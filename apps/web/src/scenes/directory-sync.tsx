/**
 * The sync of a directory: how it goes, what waits for somebody, and the runs so far.
 *
 * @module
 */
import { Stack } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { getRouteApi } from '@tanstack/react-router'
import { DirectoryPage } from '../directory/directory-page.tsx'
import { runsQuery, syncQuery } from '../directory-sync/queries.ts'
import { SyncStanding } from '../directory-sync/sync-standing.tsx'
import { runColumns } from '../directory-sync/run-columns.tsx'
import { Answer } from '../parts/answer.tsx'
import { FailureNotice } from '../parts/notice.tsx'
import { PagedTable } from '../parts/paged-table.tsx'
import { Section } from '../parts/section.tsx'
import { useTrail } from '../parts/trail.ts'

const route = getRouteApi('/shell/groups/$group')

export function DirectorySyncScene() {
  const { group } = route.useParams()
  const sync = useQuery(syncQuery(group))
  return (
    <DirectoryPage
      group={group}
      says="People and groups of the directory are kept here, so that lists, policies and look-ups do not wait for it. A run that fails changes nothing."
    >
      <Answer of={sync}>
        {(data) => (
          <Stack gap="lg">
            <SyncStanding group={group} sync={data} />
            <Runs group={group} />
          </Stack>
        )}
      </Answer>
    </DirectoryPage>
  )
}

function Runs({ group }: { readonly group: string }) {
  const trail = useTrail()
  const runs = useQuery(runsQuery(group, trail.cursor))
  return (
    <Section title="Runs" says="Each says what it read, and what became of every object.">
      {runs.isError && runs.data === undefined ? (
        <FailureNotice error={runs.error} />
      ) : (
        <PagedTable
          of={runs}
          trail={trail}
          atOnce={20}
          caption="Runs of the sync"
          columns={runColumns(group)}
          keyOf={({ id }) => id}
          whenEmpty="There has been no run yet."
        />
      )}
    </Section>
  )
}
