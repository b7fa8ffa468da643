/**
 * Your account: password, second factor, security PIN, and where you are signed in.
 *
 * @module
 */
import { Stack } from '@mantine/core'
import { Factor } from '../account/factor.tsx'
import { Password } from '../account/password.tsx'
import { Pin } from '../account/pin.tsx'
import { Sessions } from '../account/sessions.tsx'
import { Ending } from '../parts/ending.tsx'
import { Notice } from '../parts/notice.tsx'
import { useNow } from '../parts/now.ts'
import { Page } from '../parts/page.tsx'
import { useSession } from '../shell/session.ts'
import { visible } from '../text/directory-text.ts'
import { daysLeft } from '../text/time.ts'

export function AccountScene() {
  const session = useSession()
  const now = useNow()
  const { admin, accountExpiresAt } = session
  return (
    <Page
      title="Your account"
      says={
        <>
          {visible(admin.name)},{' '}
          {admin.kind === 'directory' ? 'an account of the directory' : 'an account of this console'}.
          {accountExpiresAt !== undefined && (
            <>
              {' '}
              Ends: <Ending at={accountExpiresAt} now={now} />
            </>
          )}
        </>
      }
    >
      <Stack gap="lg">
        {accountExpiresAt !== undefined && daysLeft(accountExpiresAt, now) <= 14 && (
          <Notice about="warning" says="Your account ends soon." fix="Ask another administrator to set a later end." />
        )}
        {admin.kind === 'local' && <Password />}
        <Factor key={`factor ${session.hasTotp}`} isOn={session.hasTotp === true} />
        <Pin key={`pin ${session.hasPin}`} isSet={session.hasPin === true} />
        <Sessions />
      </Stack>
    </Page>
  )
}
