/**
 * The outbox of a group: every mail, and how it stands for each recipient.
 *
 * @module
 */
import { Paper, Select, Stack, Text } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { getRouteApi } from '@tanstack/react-router'
import type { MailMessage } from '../api/mail-shapes.ts'
import { MailPage } from '../mail/mail-page.tsx'
import { MailStanding } from '../mail/mail-standing.tsx'
import { MessageActions } from '../mail/message-actions.tsx'
import { atOnce, mailStatusQuery, messagesQuery } from '../mail/queries.ts'
import { mailStates, waitWords } from '../mail/words.ts'
import { Answer } from '../parts/answer.tsx'
import type { Column } from '../parts/data-table.tsx'
import { TextLink } from '../parts/link-button.tsx'
import { useNow } from '../parts/now.ts'
import { PagedTable } from '../parts/paged-table.tsx'
import { StandingWord } from '../parts/standing-word.tsx'
import { useTrail } from '../parts/trail.ts'
import { may, useSession } from '../shell/session.ts'
import { visible } from '../text/directory-text.ts'
import { ago, lasted, moment } from '../text/time.ts'

const route = getRouteApi('/shell/groups/$group/mail')

const filters = [
  { value: '', label: 'Every mail' },
  { value: 'problems', label: 'What needs a look' },
  ...Object.entries(mailStates).map(([value, [, label]]) => ({ value, label })),
]

export function MailScene() {
  const { group } = route.useParams()
  const { state = '' } = route.useSearch()
  const navigate = route.useNavigate()
  const mayEdit = may(useSession(), 'services:edit')
  const now = useNow()
  const trail = useTrail()
  const status = useQuery(mailStatusQuery(group))
  const messages = useQuery(messagesQuery(group, state, trail.cursor))
  return (
    <MailPage
      group={group}
      says="What the console writes is kept here until your mail server has taken it, for each recipient."
    >
      <Stack gap="md">
        <Answer of={status}>{(data) => <MailStanding group={group} status={data} />}</Answer>
        <Paper>
          <Select
            label="Show"
            maw={240}
            mb="sm"
            allowDeselect={false}
            data={filters}
            value={state}
            onChange={(chosen) =>
              void navigate({ search: chosen === null || chosen === '' ? {} : { state: chosen }, replace: true })
            }
          />
          <PagedTable
            of={messages}
            trail={trail}
            atOnce={atOnce}
            caption="Mails, newest first"
            columns={columns(group, now, mayEdit)}
            keyOf={({ id }) => id}
            whenEmpty={
              state === ''
                ? 'No mail has been written yet. Send a test mail under Service.'
                : 'No mail stands like this.'
            }
          />
        </Paper>
      </Stack>
    </MailPage>
  )
}

function columns(group: string, now: Date, mayEdit: boolean): readonly Column<MailMessage>[] {
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
              .slice(0, 3)
              .map(({ address }) => visible(address))
              .join(', ')}
            {recipients.length > 3 && ` and ${recipients.length - 3} more`}
          </Text>
        </>
      ),
    },
    {
      title: 'State',
      cell: ({ state, recipients, nextAttemptAt, waitsFor }) => (
        <>
          <StandingWord standing={mailStates[state][0]}>{mailStates[state][1]}</StandingWord>
          <Text size="xs" c="dimmed">
            {recipients.length > 1 &&
              `${recipients.filter((one) => one.state === 'sent').length} of ${recipients.length} sent. `}
            {nextAttemptAt !== undefined && `Next attempt ${until(nextAttemptAt, now)}. `}
            {waitsFor !== undefined && `It waits: ${waitWords(waitsFor)}.`}
          </Text>
        </>
      ),
    },
    { title: 'Attempts', isNumber: true, cell: ({ attempts }) => attempts },
    {
      title: 'Written',
      cell: ({ createdAt }) => (
        <time dateTime={createdAt} title={moment(createdAt)}>
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

const until = (then: string, now: Date) => {
  const left = new Date(then).getTime() - now.getTime()
  return left <= 0 ? 'now' : `in ${lasted(left)}`
}
