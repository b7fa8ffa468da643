/**
 * The settings of the mail service.
 *
 * @module
 */
import { getRouteApi } from '@tanstack/react-router'
import { MailForm } from '../mail/mail-form.tsx'
import { MailPage } from '../mail/mail-page.tsx'
import { ServiceSettingsView } from '../services/service-settings-view.tsx'

const route = getRouteApi('/shell/groups/$group')

export function MailSettingsScene() {
  const { group } = route.useParams()
  return (
    <MailPage group={group} says="How mails of this group reach your mail server, and whom they are from.">
      <ServiceSettingsView
        group={group}
        service="mail"
        what="mail"
        says="No mail is sent any more, here and in groups that inherit these settings. What waits in the outbox stays there. What was set in this group is erased, passwords included."
      >
        {(service) => <MailForm key={group} group={group} service={service} />}
      </ServiceSettingsView>
    </MailPage>
  )
}
