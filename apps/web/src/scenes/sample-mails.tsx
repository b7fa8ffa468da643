/**
 * Mails that the sample office received: its mail server is *simulated*, the mails are as they were sent.
 *
 * @module
 */
import { Paper, SegmentedControl, Stack, Text } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { getRouteApi } from '@tanstack/react-router'
import { useState } from 'react'
import { ask, path } from '../api/client.ts'
import { MailPage } from '../mail/mail-page.tsx'
import { Answer } from '../parts/answer.tsx'
import { TextLink } from '../parts/link-button.tsx'
import { visible } from '../text/directory-text.ts'
import { moment } from '../text/time.ts'

const route = getRouteApi('/shell/groups/$group')

interface SampleMail {
  readonly number: number
  readonly at: string
  readonly from: string
  readonly to: readonly string[]
  readonly subject: string
  readonly messageId: string
  readonly isEncrypted: boolean
  readonly text: string
  readonly html: string
}

export function SampleMailsScene() {
  const { group } = route.useParams()
  const [form, setForm] = useState<'text' | 'html'>('text')
  const mails = useQuery({
    queryKey: ['sample office', 'mails'],
    queryFn: async ({ signal }) =>
      (await ask<{ mails: readonly SampleMail[] }>('GET', path`/api/sample-office/mails`, { signal })).mails,
    refetchInterval: 3000,
  })
  return (
    <MailPage
      group={group}
      says="What the simulated mail server of the sample office received, newest first. It keeps the newest 200 until it stops."
    >
      <Answer of={mails}>
        {(all) => (
          <Paper>
            <SegmentedControl
              size="xs"
              mb="sm"
              aria-label="Which form"
              value={form}
              onChange={(chosen) => setForm(chosen as 'text' | 'html')}
              data={[
                { value: 'text', label: 'Text' },
                { value: 'html', label: 'HTML source' },
              ]}
            />
            {all.length === 0 && (
              <div className="table-empty">
                No mail has arrived yet.{' '}
                <TextLink to="/groups/$group/mail/service" params={{ group }}>
                  Send a test mail
                </TextLink>
              </div>
            )}
            <ul className="plain-list" aria-label="Mails received">
              {all.map((mail) => (
                <li key={mail.number}>
                  <details className="unfold">
                    <summary>
                      <span className="outside">
                        <strong>{visible(mail.subject)}</strong>
                        <Text size="xs" c="dimmed">
                          to {mail.to.map(visible).join(', ')}, from {visible(mail.from)}
                        </Text>
                      </span>
                      <time dateTime={mail.at}>{moment(mail.at)}</time>
                    </summary>
                    <Stack gap="xs" pb="sm">
                      <Text size="xs" c="dimmed" className="outside">
                        {mail.isEncrypted ? 'It came encrypted.' : 'It came without encryption.'} Message-ID{' '}
                        {visible(mail.messageId)}
                      </Text>
                      <pre className="as-written" tabIndex={0} aria-label={`Text of ${visible(mail.subject)}`}>
                        {mail[form] === '' ? 'There is none.' : mail[form]}
                      </pre>
                    </Stack>
                  </details>
                </li>
              ))}
            </ul>
          </Paper>
        )}
      </Answer>
    </MailPage>
  )
}
