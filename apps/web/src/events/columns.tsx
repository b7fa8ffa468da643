/**
 * Events, as a table.
 *
 * @module
 */
import type { GateEvent } from '../api/shapes.ts'
import type { Column } from '../parts/data-table.tsx'
import { moment } from '../text/time.ts'
import { EventWords, SeverityWord } from './event-words.tsx'

export const eventColumns = (nameOf: (object: string) => string): readonly Column<GateEvent>[] => [
  {
    title: 'When',
    cell: ({ at }) => (
      <time className="one-line" dateTime={at} title={at}>
        {moment(at)}
      </time>
    ),
  },
  { title: 'Severity', cell: SeverityWord },
  { title: 'What happened', cell: EventWords },
  { title: 'About', cell: ({ about }) => (about === undefined || about === '' ? 'the console' : nameOf(about)) },
  { title: 'Event', cell: ({ id }) => <span className="one-line">{id}</span> },
]
