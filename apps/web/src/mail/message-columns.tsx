/**
 * Mails of the outbox, as a table.
 *
 * @module
 */
import { Text } from '@mantine/core'
import type { MailMessage } from '../api/mail-shapes.ts'
import type { Column } from '../parts/data-table.tsx'
import { TextLink } from '../parts/link-button.tsx'
import { StandingWord } from '../parts/standing-word.tsx'
import { visible } from '../text/directory-text.ts'
import { ago, lasted, moment } from '../text/time.ts'
import { MessageActions } from './message-actions.tsx'
import { mailStates, refusalWords } from './words.ts'

const namedRecipients = 3

export function messageColumns(group: string, now: Date, mayEdit: boolean): readonly Column<MailMessage>[] {
  return [
    {
      title: 'Subject',
      cell: ({ id, subject, recipients }) => (
        <>
          <TextLink to="/groups/$group/mail/messages/$message" params={{ group, message: id }} isStrong>
            {visible(subject)}
          </TextLink>
          <Text size="xs" c="dimmed">
            to{' '}
            {recipients
              .slice(0, namedRecipients)
              .map(({ address }) => visible(address))
              .join(', ')}
            {recipients.length > namedRecipients && ` and ${recipients.length - namedRecipients} more`}
          </Text>
        </>
      ),
    },
    { title: 'State', cell: (message) => <State message={message} now={now} /> },
    { title: 'Attempts', isNumber: true, cell: ({ attempts }) => attempts },
    {
      title: 'Written',
      cell: ({ createdAt }) => (
        <time className="one-line" dateTime={createdAt} title={moment(createdAt)}>
          {ago(createdAt, now)}
        </time>
      ),
    },
    ...(mayEdit
      ? [
          {
            title: 'Change',
            cell: (message: MailMessage) => <MessageActions group={group} message={message} isSmall />,
          },
        ]
      : []),
  ]
}

function State({ message, now }: { readonly message: MailMessage; readonly now: Date }) {
  const { state, recipients, nextAttemptAt, waits } = message
  const left = nextAttemptAt === undefined ? 0 : new Date(nextAttemptAt).getTime() - now.getTime()
  // Why it waits says what the server said of those that wait.
  const refusal = refusalWords(waits === undefined ? recipients : recipients.filter((one) => one.state === 'refused'))
  const sent = recipients.filter((one) => one.state === 'sent').length
  return (
    <>
      <StandingWord standing={mailStates[state][0]}>{mailStates[state][1]}</StandingWord>
      <Text size="xs" c="dimmed">
        {recipients.length > 1 && `${sent} of ${recipients.length} sent. `}
        {nextAttemptAt !== undefined && `Next attempt ${left <= 0 ? 'now' : `in ${lasted(left)}`}. `}
        {waits !== undefined && visible(waits.says)}
      </Text>
      {refusal !== '' && (
        <Text size="xs" c="dimmed" className="outside">
          {visible(refusal)}
        </Text>
      )}
    </>
  )
}
