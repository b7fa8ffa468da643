/**
 * The settings of the mail service.
 *
 * @module
 */
import { Paper, Stack } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { getRouteApi } from '@tanstack/react-router'
import { MailForm } from '../mail/mail-form.tsx'
import { MailPage } from '../mail/mail-page.tsx'
import { Answer } from '../parts/answer.tsx'
import { serviceQuery } from '../services/service-query.ts'
import { CarrierNotice } from '../services/carrier-notice.tsx'
import { TurnOff } from '../services/turn-off.tsx'
import { may, useSession } from '../shell/session.ts'

const route = getRouteApi('/shell/groups/$group')

export function MailSettingsScene() {
  const { group } = route.useParams()
  const session = useSession()
  const service = useQuery(serviceQuery(group, 'mail'))
  return (
    <MailPage group={group} says="How mails of this group reach your mail server, and whom they are from.">
      <Answer of={service}>
        {(data) => (
          <Stack gap="lg">
            <CarrierNotice group={group} service="mail" />
            <Paper>
              <MailForm key={group} group={group} service={data} />
            </Paper>
            {data.settings !== null && may(session, 'services:edit') && (
              <TurnOff
                group={group}
                service="mail"
                what="mail"
                says="No mail is sent any more, here and in groups that inherit these settings. What waits in the outbox stays there. What was set in this group is erased, passwords included."
              />
            )}
          </Stack>
        )}
      </Answer>
    </MailPage>
  )
}
