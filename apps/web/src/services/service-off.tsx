/**
 * What is not turned on in a group: what that means, and the way to where one turns it on, for whoever may.
 *
 * @module
 */
import { LinkButton } from '../parts/link-button.tsx'
import { Notice } from '../parts/notice.tsx'
import { may, useSession } from '../shell/session.ts'

export interface ServiceOffProps {
  readonly group: string
  readonly to: '/groups/$group/directory/settings' | '/groups/$group/mail/settings' | '/groups/$group/syslog/service'
  readonly says: string
  readonly fix: string
  /** Of the button. */
  readonly label: string
}

export function ServiceOff({ group, to, says, fix, label }: ServiceOffProps) {
  const session = useSession()
  return (
    <Notice about="warning" says={says} fix={fix}>
      {may(session, 'services:edit') && (
        <LinkButton to={to} params={{ group }} isSmall>
          {label}
        </LinkButton>
      )}
    </Notice>
  )
}
