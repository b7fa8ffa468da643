/**
 * A run that waits for somebody: a preview, or one that a safeguard holds.
 *
 * @module
 */
import { Group, Stack, Text } from '@mantine/core'
import { TextLink } from '../parts/link-button.tsx'
import { Notice } from '../parts/notice.tsx'
import { ReleaseRun, StopRun, type OfRun } from './run-actions.tsx'
import { countWords, holdWords } from './words.ts'

export interface WaitingRunProps extends OfRun {
  readonly mayEdit: boolean
  /** What would change is further down on this page. */
  readonly isItsPage?: boolean
}

export function WaitingRun({ group, run, mayEdit, isItsPage = false }: WaitingRunProps) {
  const isHeld = run.state === 'held'
  return (
    <Notice
      about={isHeld ? 'failed' : 'warning'}
      says={isHeld ? 'A run is held: it would do more than the safeguards allow.' : 'A preview is ready.'}
      fix={isHeld ? 'What is here stays as it was until somebody has looked.' : 'Nothing has changed yet.'}
    >
      <Stack gap="xs" mt={6}>
        {holdWords(run).map((words) => (
          <Text key={words} size="sm">
            {words}
          </Text>
        ))}
        <Text size="sm">In all: {countWords(run.counts)}.</Text>
        {!isItsPage && (
          <TextLink to="/groups/$group/directory/sync/$run" params={{ group, run: run.id }} isStrong>
            What would change, object by object
          </TextLink>
        )}
        {mayEdit && (
          <Group gap="xs">
            {run.canBeReleased && <ReleaseRun group={group} run={run} />}
            <StopRun group={group} run={run} />
          </Group>
        )}
      </Stack>
    </Notice>
  )
}
