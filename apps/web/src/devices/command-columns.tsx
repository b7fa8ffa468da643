/**
 * What a device was asked to do, as a table.
 *
 * @module
 */
import { Button, Text } from '@mantine/core'
import type { DeviceCommand } from '../api/command-shapes.ts'
import type { Column } from '../parts/data-table.tsx'
import { StandingWord } from '../parts/standing-word.tsx'
import { visible } from '../text/directory-text.ts'
import { ago } from '../text/time.ts'
import { commandStanding, commandStateWords, commandWords } from './words.ts'

/** @param cancel absent for who may only look. */
export function commandColumns(now: Date, cancel?: (command: string) => void): readonly Column<DeviceCommand>[] {
  return [
    {
      title: 'Command',
      cell: ({ kind, text, note }) => (
        <>
          <strong>{commandWords[kind]}</strong>
          {text !== undefined && (
            <Text size="sm">
              {visible(text.title)}
              {text.body !== '' && `: ${visible(text.body)}`}
            </Text>
          )}
          {note !== undefined && (
            <Text size="xs" c="dimmed">
              {visible(note)}
            </Text>
          )}
        </>
      ),
    },
    {
      title: 'State',
      cell: (command) => (
        <>
          <StandingWord standing={commandStanding(command)}>{commandStateWords[command.state]}</StandingWord>
          {command.result !== undefined && command.result !== '' && (
            <Text size="xs" c="dimmed">
              {visible(command.result)}
            </Text>
          )}
        </>
      ),
    },
    { title: 'Asked by', cell: ({ by }) => visible(by) },
    { title: 'Asked', cell: ({ requestedAt }) => <time dateTime={requestedAt}>{ago(requestedAt, now)}</time> },
    {
      title: 'Ended',
      cell: ({ endedAt }) => (endedAt === undefined ? 'not yet' : <time dateTime={endedAt}>{ago(endedAt, now)}</time>),
    },
    ...(cancel !== undefined
      ? [
          {
            title: 'Change',
            cell: ({ id, kind, state }: DeviceCommand) =>
              state === 'queued' ? (
                <Button
                  variant="default"
                  size="compact-sm"
                  aria-label={`Cancel ${commandWords[kind]}`}
                  onClick={() => cancel(id)}
                >
                  Cancel
                </Button>
              ) : (
                <Text span size="sm" c="dimmed">
                  {state === 'sent' ? 'too late' : 'over'}
                </Text>
              ),
          },
        ]
      : []),
  ]
}
