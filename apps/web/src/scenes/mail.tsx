/**
 * The outbox of a group: every mail, and how it stands for each recipient.
 *
 * @module
 */
import { Paper, Select, Stack } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { getRouteApi } from '@tanstack/react-router'
import { MailPage } from '../mail/mail-page.tsx'
import { MailStanding } from '../mail/mail-standing.tsx'
import { messageColumns } from '../mail/message-columns.tsx'
import { atOnce, mailStatusQuery, messagesQuery } from '../mail/queries.ts'
import { mailStates } from '../mail/words.ts'
import { Answer } from '../parts/answer.tsx'
import { TextLink } from '../parts/link-button.tsx'
import { useNow } from '../parts/now.ts'
import { PagedTable } from '../parts/paged-table.tsx'
import { useTrail } from '../parts/trail.ts'
import { may, useSession } from '../shell/session.ts'

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
            columns={messageColumns(group, now, mayEdit)}
            keyOf={({ id }) => id}
            whenEmpty={
              state === '' ? (
                <>
                  No mail has been written yet.{' '}
                  <TextLink to="/groups/$group/mail/service" params={{ group }}>
                    Send a test mail
                  </TextLink>
                </>
              ) : (
                'No mail stands like this.'
              )
            }
          />
        </Paper>
      </Stack>
    </MailPage>
  )
}
