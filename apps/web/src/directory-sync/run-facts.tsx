/**
 * What a run did, in facts: by what means, from where, how far, and what stands in its way.
 *
 * @module
 */
import { Stack, Text } from '@mantine/core'
import { Fact, Facts } from '../parts/facts.tsx'
import { Notice } from '../parts/notice.tsx'
import { Section } from '../parts/section.tsx'
import { StandingWord } from '../parts/standing-word.tsx'
import { deletionWords, methodWords } from '../directory/words.ts'
import { may, useSession } from '../shell/session.ts'
import { visible } from '../text/directory-text.ts'
import { moment } from '../text/time.ts'
import { StopRun, type OfRun } from './run-actions.tsx'
import { RunProgress } from './run-progress.tsx'
import { WaitingRun } from './waiting-run.tsx'
import { countWords, stateOf } from './words.ts'

export function RunFacts({ group, run }: OfRun) {
  const mayEdit = may(useSession(), 'directory:edit')
  const [standing, words] = stateOf(run)
  const { failure, method, deletions } = run
  const isWaiting = run.state === 'held' || run.state === 'previewed'
  return (
    <>
      {isWaiting && <WaitingRun group={group} run={run} mayEdit={mayEdit} isItsPage />}
      {failure !== undefined && <Notice about="failed" says={failure.says} fix={failure.fix} />}
      <Section title="The run" actions={mayEdit && run.state === 'running' && <StopRun group={group} run={run} />}>
        <Stack gap="md">
          {run.state === 'running' && <RunProgress run={run} />}
          <Facts>
            <Fact name="State">
              <StandingWord standing={standing}>{words}</StandingWord>
            </Fact>
            <Fact name="Started">
              {moment(run.startedAt)}, {run.startedBy === 'schedule' ? 'by the schedule' : 'by somebody'}
            </Fact>
            {run.endedAt !== undefined && <Fact name="Ended">{moment(run.endedAt)}</Fact>}
            <Fact name="Read">
              {run.full ? 'everything' : 'what has changed'}
              {run.server !== undefined && `, from ${visible(run.server)}`}
              {run.fullBecause !== undefined && (
                <Text size="sm" c="dimmed">
                  {visible(run.fullBecause)}
                </Text>
              )}
            </Fact>
            {method !== undefined && <Fact name="Changes found by">{methodWords[method] ?? method}</Fact>}
            {deletions !== undefined && (
              <Fact name="Deletions found by">
                {deletions === 'wholeRun' ? 'what is missing in this run' : (deletionWords[deletions] ?? deletions)}
              </Fact>
            )}
            {run.counts !== undefined && (
              <Fact name={run.state === 'done' ? 'Changed' : 'Would change'}>
                {countWords(run.counts)}; {run.counts.unchanged.toLocaleString('en')} as they were
              </Fact>
            )}
            {run.restarts > 0 && (
              <Fact name="Begun anew">
                {run.restarts} {run.restarts === 1 ? 'time' : 'times'}
                {run.lastRestart !== undefined && `, last because ${visible(run.lastRestart)}`}
              </Fact>
            )}
            {run.referralsNotFollowed > 0 && (
              <Fact name="Referrals not followed">
                {run.referralsNotFollowed.toLocaleString('en')}
                {run.referredTo.map((place) => (
                  <div key={place} className="mono">
                    {visible(place)}
                  </div>
                ))}
                <Text size="sm" c="dimmed">
                  What is there was not read. Follow referrals to it in the settings, or give that place a group of its
                  own.
                </Text>
              </Fact>
            )}
          </Facts>
        </Stack>
      </Section>
    </>
  )
}
