/**
 * How other MDM servers stand, as a table.
 *
 * @module
 */
import { Text } from '@mantine/core'
import type { MdmSource, SourceState } from '../api/source-shapes.ts'
import type { Standing } from '../gate/gate.ts'
import type { Column } from '../parts/data-table.tsx'
import { StandingWord } from '../parts/standing-word.tsx'
import { visible } from '../text/directory-text.ts'
import { ago, took } from '../text/time.ts'

const kinds = { ise: 'ISE-style MDM API', workspaceOne: 'Workspace ONE REST' } as const

export const sourceColumns = (now: Date): readonly Column<MdmSource>[] => [
  {
    title: 'Source',
    cell: ({ name, settings }) => (
      <>
        <strong>{visible(name)}</strong>
        <Text size="xs" c="dimmed">
          {kinds[settings.kind]}, {visible(settings.url)}
        </Text>
      </>
    ),
  },
  {
    title: 'State',
    cell: ({ settings, state }) => {
      const [standing, words] = standingOf(settings.enabled, state)
      return (
        <>
          <StandingWord standing={standing}>{words}</StandingWord>
          {state.failure !== undefined && (
            <Text size="xs" c="dimmed">
              {visible(state.failure.says)} {visible(state.failure.fix)}
            </Text>
          )}
        </>
      )
    },
  },
  {
    title: 'Last answer',
    cell: ({ state }) => (
      <>
        {ago(state.lastAnswerAt, now)}
        {state.lastRunAt !== undefined && (
          <Text size="xs" c="dimmed">
            asked {ago(state.lastRunAt, now)}
            {state.durationMs !== undefined && `, took ${took(state.durationMs)}`}
          </Text>
        )}
      </>
    ),
  },
  {
    title: 'Devices',
    cell: ({ state }) => (
      <>
        {(state.devices ?? 0).toLocaleString('en')}
        {[
          state.added ? `${state.added} new` : '',
          state.ignored ? `${state.ignored} ignored` : '',
          state.withdrawn ? `${state.withdrawn} withdrawn` : '',
        ]
          .filter((words) => words !== '')
          .map((words) => (
            <Text key={words} size="xs" c="dimmed">
              {words}
            </Text>
          ))}
      </>
    ),
  },
  { title: 'Asked every', cell: ({ settings }) => `${settings.everyMinutes} min` },
]

function standingOf(isEnabled: boolean, { failure, isStale, lastAnswerAt }: SourceState): readonly [Standing, string] {
  if (!isEnabled) return ['off', 'not asked']
  if (isStale) return ['failed', 'stale']
  if (failure !== undefined) return ['warning', 'last run failed']
  return lastAnswerAt === undefined ? ['off', 'not asked yet'] : ['ok', 'answers']
}
