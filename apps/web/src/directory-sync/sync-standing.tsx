/**
 * How the sync of a group stands: what waits for somebody, what is here, and when it runs next.
 *
 * @module
 */
import { Group, Stack } from '@mantine/core'
import type { DirectorySync } from '../api/sync-shapes.ts'
import { Fact, Facts } from '../parts/facts.tsx'
import { Notice } from '../parts/notice.tsx'
import { useNow } from '../parts/now.ts'
import { Section } from '../parts/section.tsx'
import { ServiceOff } from '../services/service-off.tsx'
import { may, useSession } from '../shell/session.ts'
import { ago, lasted } from '../text/time.ts'
import { StartRun, StopRun } from './run-actions.tsx'
import { RunProgress } from './run-progress.tsx'
import { WaitingRun } from './waiting-run.tsx'
import { everyWords, safeguardWords } from './words.ts'

export function SyncStanding({ group, sync }: { readonly group: string; readonly sync: DirectorySync }) {
  const mayEdit = may(useSession(), 'directory:edit')
  const now = useNow()
  const isSetUp = sync.settingsFrom !== undefined
  const { running, waiting, lastRun, nextRunAt, lastDoneAt, lastFullAt, failures } = sync
  const untilNext = nextRunAt === undefined ? 0 : new Date(nextRunAt).getTime() - now.getTime()
  return (
    <>
      {!isSetUp && (
        <ServiceOff
          group={group}
          to="/groups/$group/directory/settings"
          says="No directory is set up in this group, nor in one above."
          fix="There is nothing to read people and groups from."
          label="Set it up"
        />
      )}
      {isSetUp && !sync.isOn && (
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
            {sync.isOn && sync.safeguards !== undefined && (
              <Fact name="Held if it would">{safeguardWords(sync.safeguards)}</Fact>
            )}
            {failures > 0 && <Fact name="Failures in a row">{failures}</Fact>}
          </Facts>
          {mayEdit && isSetUp && running === undefined && <StartRun group={group} sync={sync} />}
        </Stack>
      </Section>
    </>
  )
}
