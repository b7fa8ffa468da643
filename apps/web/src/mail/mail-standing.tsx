/**
 * How mail stands in a group: what waits, what went wrong, and since when.
 *
 * @module
 */
import { Text } from '@mantine/core'
import type { MailState, MailStatus } from '../api/mail-shapes.ts'
import { Notice } from '../parts/notice.tsx'
import { useNow } from '../parts/now.ts'
import { ServiceOff } from '../services/service-off.tsx'
import { visible } from '../text/directory-text.ts'
import { ago } from '../text/time.ts'
import { mailStates } from './words.ts'

export function MailStanding({ group, status }: { readonly group: string; readonly status: MailStatus }) {
  const now = useNow()
  const { isOn, counts, oldestWaitingAt, waits } = status
  const dead = counts['dead'] ?? 0
  const told = (Object.keys(mailStates) as MailState[])
    .filter((state) => (counts[state] ?? 0) > 0)
    .map((state) => `${(counts[state] ?? 0).toLocaleString('en')} ${mailStates[state][1]}`)
  return (
    <>
      {!isOn && (
        <ServiceOff
          group={group}
          to="/groups/$group/mail/settings"
          says="Mail is not set up in this group, nor in one above."
          fix="Nothing is written: warnings of what expires, safeguards and enrollments reach nobody by mail."
          label="Set it up"
        />
      )}
      {dead > 0 && (
        <Notice
          about="failed"
          says={`${dead.toLocaleString('en')} ${dead === 1 ? 'mail was' : 'mails were'} given up.`}
          fix={`See what the server said, mend it, and send ${dead === 1 ? 'it' : 'them'} again.`}
        />
      )}
      <Text size="sm" c="dimmed" role="status">
        {told.length === 0 ? 'The outbox is empty.' : `${told.join(', ')}.`}
        {oldestWaitingAt !== undefined && ` The oldest that waits was written ${ago(oldestWaitingAt, now)}.`}
        {waits !== undefined && ` ${visible(waits.says)} ${visible(waits.fix)}`}
      </Text>
    </>
  )
}
