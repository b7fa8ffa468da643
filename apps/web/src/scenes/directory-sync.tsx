/**
 * The sync of a directory: how it goes, what waits for somebody, and the runs so far.
 *
 * @module
 */
import { Group, Stack } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { getRouteApi } from '@tanstack/react-router'
import type { DirectorySync } from '../api/sync-shapes.ts'
import { DirectoryPage } from '../directory/directory-page.tsx'
import { runsQuery, syncQuery } from '../directory-sync/queries.ts'
import { StartRun, StopRun } from '../directory-sync/run-actions.tsx'
import { runColumns } from '../directory-sync/run-columns.tsx'
import { RunProgress } from '../directory-sync/run-progress.tsx'
import { WaitingRun } from '../directory-sync/waiting-run.tsx'
import { Answer } from '../parts/answer.tsx'
import { Fact, Facts } from '../parts/facts.tsx'
import { FailureNotice, Notice } from '../parts/notice.tsx'
import { useNow } from '../parts/now.ts'
import { PagedTable } from '../parts/paged-table.tsx'
import { Section } from '../parts/section.tsx'
import { useTrail } from '../parts/trail.ts'
import { ServiceOff } from '../services/service-off.tsx'
import { may, useSession } from '../shell/session.ts'
import { everyWords } from '../directory-sync/words.ts'
import { ago, lasted } from '../text/time.ts'

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
            <Standing group={group} sync={data} />
            <Runs group={group} />
          </Stack>
        )}
      </Answer>
    </DirectoryPage>
  )
}

function Standing({ group, sync }: { readonly group: string; readonly sync: DirectorySync }) {
  const mayEdit = may(useSession(), 'directory:edit')
  const now = useNow()
  const { running, waiting, lastRun, nextRunAt, lastDoneAt, lastFullAt, failures } = sync
  const untilNext = nextRunAt === undefined ? 0 : new Date(nextRunAt).getTime() - now.getTime()
  return (
    <>
      {!sync.isOn && (
        <ServiceOff
          group={group}
          to="/groups/$group/directory/settings"
          says="The sync is off."
          fix="People are looked up in the directory when they are needed. Turn it on under Sync in the settings."
          label="To the settings"
        />
      )}
      {waiting !== undefined && <WaitingRun group={group} run={waiting} mayEdit={mayEdit} />}
      {lastRun?.failure !== undefined && lastRun.state === 'failed' && (
        <Notice
          about="failed"
          says={lastRun.failure.says}
          fix={`${lastRun.failure.fix} What is here stays as it was.`}
        />
      )}
      <Section title="How it stands">
        <Stack gap="md">
          {running !== undefined && (
            <>
              <RunProgress run={running} />
              {mayEdit && (
                <Group>
                  <StopRun group={group} run={running} />
                </Group>
              )}
            </>
          )}
          <Facts>
            <Fact name="Here">
              {sync.users.toLocaleString('en')} users, {sync.groups.toLocaleString('en')} groups
            </Fact>
            <Fact name="Last complete">{ago(lastDoneAt, now)}</Fact>
            <Fact name="Everything read">{ago(lastFullAt, now)}</Fact>
            {sync.isOn && (
              <Fact name="Next run">
                {running !== undefined
                  ? 'after this one'
                  : nextRunAt === undefined
                    ? 'not before somebody has looked'
                    : untilNext <= 0
                      ? 'now'
                      : `in ${lasted(untilNext)}`}
                {sync.everyMinutes !== undefined && `; ${everyWords(sync.everyMinutes)}`}
              </Fact>
            )}
            {failures > 0 && <Fact name="Failures in a row">{failures}</Fact>}
          </Facts>
          {mayEdit && running === undefined && <StartRun group={group} sync={sync} />}
        </Stack>
      </Section>
    </>
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
          whenEmpty="There has been no run. Begin with a preview."
        />
      )}
    </Section>
  )
}
