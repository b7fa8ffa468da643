/**
 * The mail service of a group: a check, a test mail, figures per server, and what went wrong.
 *
 * @module
 */
import { Stack } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { getRouteApi } from '@tanstack/react-router'
import type { MailStatus } from '../api/mail-shapes.ts'
import { MailPage } from '../mail/mail-page.tsx'
import { MailStanding } from '../mail/mail-standing.tsx'
import { mailStatusQuery } from '../mail/queries.ts'
import { TestMail } from '../mail/test-mail.tsx'
import { Answer } from '../parts/answer.tsx'
import { DataTable, type Column } from '../parts/data-table.tsx'
import { Notice } from '../parts/notice.tsx'
import { useNow } from '../parts/now.ts'
import { Section } from '../parts/section.tsx'
import { RecentFailures } from '../services/recent-failures.tsx'
import { serviceQuery } from '../services/service-query.ts'
import { ServiceTest } from '../services/service-test.tsx'
import { Acknowledged } from '../settings/acknowledged.tsx'
import { may, useSession } from '../shell/session.ts'
import { visible } from '../text/directory-text.ts'
import { ago } from '../text/time.ts'

const route = getRouteApi('/shell/groups/$group')

export function MailServiceScene() {
  const { group } = route.useParams()
  const service = useQuery(serviceQuery(group, 'mail'))
  const status = useQuery(mailStatusQuery(group))
  const mayEdit = may(useSession(), 'services:edit')
  return (
    <MailPage group={group} says="Your mail server, reached through the connectors of this group.">
      <Stack gap="lg">
        <Answer of={status}>{(data) => <MailStanding group={group} status={data} />}</Answer>
        <Answer of={service}>
          {({ settings, acknowledged, generation }) =>
            settings === null ? null : (
              <Stack gap="lg">
                <Acknowledged acknowledged={acknowledged} generation={generation} />
                <Section title="Test connection">
                  <ServiceTest group={group} service="mail" title="The mail server" />
                </Section>
                {mayEdit && <TestMail group={group} />}
                {status.data !== undefined && <Figures status={status.data} />}
              </Stack>
            )
          }
        </Answer>
        <RecentFailures group={group} service="mail" />
      </Stack>
    </MailPage>
  )
}

function Figures({ status }: { readonly status: MailStatus }) {
  const now = useNow()
  const { servers, lastFailure, underWay } = status
  const number = (value: number) => value.toLocaleString('en')
  const columns: readonly Column<MailStatus['servers'][number]>[] = [
    { title: 'Server', cell: ({ server }) => <strong>{visible(server)}</strong> },
    { title: 'Sent', isNumber: true, cell: ({ sent }) => number(sent) },
    { title: 'Not now', isNumber: true, cell: ({ deferred }) => number(deferred) },
    { title: 'Refused', isNumber: true, cell: ({ refused }) => number(refused) },
    { title: 'Unknown', isNumber: true, cell: ({ unknown }) => number(unknown) },
    { title: 'Last', cell: ({ lastAt }) => ago(lastAt, now) },
  ]
  return (
    <Section
      title="Figures"
      says={`Recipients by server, since this console started. ${underWay === 0 ? 'Nothing is under way.' : `${underWay} under way.`}`}
    >
      {lastFailure !== undefined && (
        <Notice
          about="warning"
          says={`${lastFailure.says} ${ago(lastFailure.at, now)}, ${lastFailure.code}`}
          fix={lastFailure.fix}
        />
      )}
      <DataTable
        caption="Recipients by server"
        columns={columns}
        rows={servers}
        keyOf={({ server }) => server}
        whenEmpty="Nothing has been handed to a server since this console started."
      />
    </Section>
  )
}
