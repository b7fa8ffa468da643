/**
 * Events, as a table.
 *
 * @module
 */
import { Text } from '@mantine/core'
import type { GateEvent } from '../api/shapes.ts'
import type { Column } from '../parts/data-table.tsx'
import { StandingWord } from '../parts/standing-word.tsx'
import { visible } from '../text/directory-text.ts'
import { moment } from '../text/time.ts'
import { standingOfEvent } from './standing.ts'

export const eventColumns = (nameOf: (object: string) => string): readonly Column<GateEvent>[] => [
  { title: 'When', cell: ({ at }) => <time dateTime={at}>{moment(at)}</time> },
  {
    title: 'Severity',
    cell: ({ severity }) => <StandingWord standing={standingOfEvent(severity)}>{severity}</StandingWord>,
  },
  {
    title: 'What happened',
    cell: ({ says, fix }) => (
      <>
        {visible(says)}
        {fix !== undefined && fix !== '' && (
          <Text size="sm" c="dimmed">
            {visible(fix)}
          </Text>
        )}
      </>
    ),
  },
  { title: 'About', cell: ({ about }) => (about === undefined || about === '' ? 'the console' : nameOf(about)) },
  { title: 'Event', cell: ({ id }) => id },
]
