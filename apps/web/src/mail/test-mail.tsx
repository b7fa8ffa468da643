/**
 * A mail to see whether mails arrive.
 *
 * @module
 */
import { Button, Stack, TextInput } from '@mantine/core'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { ask, path } from '../api/client.ts'
import type { MailMessage } from '../api/mail-shapes.ts'
import { TextLink } from '../parts/link-button.tsx'
import { FailureNotice, Notice } from '../parts/notice.tsx'
import { Section } from '../parts/section.tsx'

export function TestMail({ group }: { readonly group: string }) {
  const [to, setTo] = useState('')
  const queryClient = useQueryClient()
  const send = useMutation({
    mutationFn: () => ask<MailMessage>('POST', path`/api/groups/${group}/mail/test`, { body: { to: [to.trim()] } }),
    onSuccess: () => queryClient.invalidateQueries({ queryKey: ['group', group, 'mail'] }),
  })
  return (
    <Section
      title="Test mail"
      says="It goes the way of every mail: into the outbox, and from there to your mail server."
    >
      <Stack gap="md">
        <form
          className="search"
          onSubmit={(event) => {
            event.preventDefault()
            send.mutate()
          }}
        >
          <TextInput
            aria-label="Address to send a test mail to"
            placeholder="you@example.com"
            type="email"
            required
            maxLength={320}
            value={to}
            onChange={(event) => setTo(event.currentTarget.value)}
            className="search-text"
          />
          <Button type="submit" loading={send.isPending}>
            Send a test mail
          </Button>
        </form>
        {send.isError && <FailureNotice error={send.error} />}
        {send.data !== undefined && (
          <Notice about="ok" says="It is in the outbox." fix="What becomes of it is on its page.">
            <TextLink to="/groups/$group/mail/messages/$message" params={{ group, message: send.data.id }}>
              To the test mail
            </TextLink>
          </Notice>
        )}
      </Stack>
    </Section>
  )
}
