/**
 * Runs of the sync, as a table.
 *
 * @module
 */
import { Text } from '@mantine/core'
import type { SyncRun } from '../api/sync-shapes.ts'
import type { Column } from '../parts/data-table.tsx'
import { TextLink } from '../parts/link-button.tsx'
import { StandingWord } from '../parts/standing-word.tsx'
import { lasted, moment } from '../text/time.ts'
import { countWords, stateOf } from './words.ts'

export const runColumns = (group: string): readonly Column<SyncRun>[] => [
  {
    title: 'Run',
    cell: ({ id, number, mode }) => (
      <TextLink to="/groups/$group/directory/sync/$run" params={{ group, run: id }} isStrong>
        {mode === 'preview' ? `Preview ${number}` : `Sync ${number}`}
      </TextLink>
    ),
  },
  {
    title: 'State',
    cell: (run) => {
      const [standing, words] = stateOf(run)
      return (
        <>
          <StandingWord standing={standing}>{words}</StandingWord>
          {run.failure !== undefined && (
            <Text size="xs" c="dimmed">
              {run.failure.says}
            </Text>
          )}
        </>
      )
    },
  },
  { title: 'Read', cell: ({ full }) => <span className="one-line">{full ? 'everything' : 'changes'}</span> },
  { title: 'What changed', cell: ({ counts }) => countWords(counts) },
  {
    title: 'Started',
    cell: ({ startedAt, startedBy }) => (
      <>
        <time dateTime={startedAt}>{moment(startedAt)}</time>
        <Text size="xs" c="dimmed">
          {startedBy === 'schedule' ? 'by the schedule' : 'by somebody'}
        </Text>
      </>
    ),
  },
  {
    title: 'Took',
    isNumber: true,
    cell: ({ startedAt, endedAt }) =>
      endedAt === undefined ? '' : lasted(new Date(endedAt).getTime() - new Date(startedAt).getTime()),
  },
]
