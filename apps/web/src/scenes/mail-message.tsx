/**
 * One mail: how it stands for each recipient, and what happened at each attempt.
 *
 * @module
 */
import { Stack } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { getRouteApi } from '@tanstack/react-router'
import type { MailRecipient, MailWithAttempts } from '../api/mail-shapes.ts'
import { MailPage } from '../mail/mail-page.tsx'
import { MessageActions } from '../mail/message-actions.tsx'
import { messageQuery } from '../mail/queries.ts'
import { mailStates, replyWords, titleOfTemplate } from '../mail/words.ts'
import { Answer } from '../parts/answer.tsx'
import { DataTable, type Column } from '../parts/data-table.tsx'
import { Fact, Facts } from '../parts/facts.tsx'
import { Section } from '../parts/section.tsx'
import { StandingWord } from '../parts/standing-word.tsx'
import { may, useSession } from '../shell/session.ts'
import { visible } from '../text/directory-text.ts'
import { moment } from '../text/time.ts'
import { attempts } from '../mail/attempts.tsx'

const route = getRouteApi('/shell/groups/$group/mail/messages/$message')

export function MailMessageScene() {
  const { group, message: id } = route.useParams()
  const message = useQuery(messageQuery(group, id))
  return (
    <MailPage group={group} title={message.data === undefined ? 'Mail' : visible(message.data.subject)}>
      <Answer of={message}>
        {(data) => (
          <Stack gap="lg">
            <Standing group={group} message={data} />
            <Section title="Recipients">
              <DataTable
                caption="Recipients"
                columns={recipients}
                rows={data.recipients}
                keyOf={({ address }) => address}
                whenEmpty=""
              />
            </Section>
            <Section title="Attempts" says="The Message-ID is the same in each: a receiver knows a copy by it.">
              <DataTable
                caption="Attempts"
                columns={attempts}
                rows={data.attemptList}
                keyOf={({ number }) => String(number)}
                whenEmpty="Nothing has been tried yet."
              />
            </Section>
          </Stack>
        )}
      </Answer>
    </MailPage>
  )
}

function Standing({ group, message }: { readonly group: string; readonly message: MailWithAttempts }) {
  const mayEdit = may(useSession(), 'services:edit')
  const { state, template, createdAt, giveUpAt, nextAttemptAt, endedAt, waits, messageId } = message
  return (
    <Section title="How it stands" actions={mayEdit && <MessageActions group={group} message={message} />}>
      <Facts>
        <Fact name="State">
          <StandingWord standing={mailStates[state][0]}>{mailStates[state][1]}</StandingWord>
        </Fact>
        <Fact name="Template">{titleOfTemplate(template)}</Fact>
        <Fact name="Written">{moment(createdAt)}</Fact>
        {nextAttemptAt !== undefined && <Fact name="Next attempt">{moment(nextAttemptAt)}</Fact>}
        {waits !== undefined && (
          <Fact name="It waits">
            {visible(waits.says)} {visible(waits.fix)}
          </Fact>
        )}
        <Fact name={endedAt === undefined ? 'Given up at' : 'Ended'}>{moment(endedAt ?? giveUpAt)}</Fact>
        <Fact name="Message-ID">
          <span className="mono">{visible(messageId)}</span>
        </Fact>
      </Facts>
    </Section>
  )
}

const recipients: readonly Column<MailRecipient>[] = [
  { title: 'Address', cell: ({ address }) => <strong>{visible(address)}</strong> },
  {
    title: 'State',
    cell: ({ state }) => <StandingWord standing={mailStates[state][0]}>{mailStates[state][1]}</StandingWord>,
  },
  { title: 'What the server said', cell: (one) => visible(replyWords(one)) },
  { title: 'Attempts', isNumber: true, cell: ({ attempts: tried }) => tried },
  { title: 'Changed', cell: ({ changedAt }) => <time dateTime={changedAt}>{moment(changedAt)}</time> },
]
