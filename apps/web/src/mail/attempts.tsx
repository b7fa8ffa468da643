/**
 * Attempts to hand a mail over, as a table.
 *
 * @module
 */
import { Text } from '@mantine/core'
import type { MailAttempt } from '../api/mail-shapes.ts'
import { outcomeWords, replyWords } from './words.ts'
import type { Column } from '../parts/data-table.tsx'
import { StandingWord } from '../parts/standing-word.tsx'
import { visible } from '../text/directory-text.ts'
import { moment } from '../text/time.ts'

export const attempts: readonly Column<MailAttempt>[] = [
  { title: 'No.', isNumber: true, cell: ({ number }) => number },
  {
    title: 'When',
    cell: ({ startedAt, endedAt }) => (
      <>
        <time dateTime={startedAt}>{moment(startedAt)}</time>
        {endedAt === undefined && (
          <Text size="xs" c="dimmed">
            its end is not known
          </Text>
        )}
      </>
    ),
  },
  {
    title: 'Way',
    cell: ({ connector, server }) =>
      [server, connector === undefined ? undefined : `through ${connector}`]
        .filter((one) => one !== undefined)
        .map(visible)
        .join(' '),
  },
  {
    title: 'What became of it',
    cell: ({ code, says = '', outcomes }) => (
      <>
        {code !== undefined && (
          <div>
            {visible(says)}{' '}
            <Text span size="xs" c="dimmed">
              {code}
            </Text>
          </div>
        )}
        {outcomes.map((one) => {
          const [standing, words] = outcomeWords[one.outcome] ?? ['off', one.outcome]
          return (
            <div key={one.address}>
              {visible(one.address)} <StandingWord standing={standing}>{words}</StandingWord> {visible(replyWords(one))}
            </div>
          )
        })}
      </>
    ),
  },
]
