/**
 * What can be done about a message: send it again now, or not at all.
 *
 * @module
 */
import { Button, Group, Text } from '@mantine/core'
import { notifications } from '@mantine/notifications'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { ask, path } from '../api/client.ts'
import type { MailMessage } from '../api/mail-shapes.ts'
import { FailureNotice } from '../parts/notice.tsx'
import { visible } from '../text/directory-text.ts'

export interface MessageActionsProps {
  readonly group: string
  readonly message: MailMessage
  readonly isSmall?: boolean
}

export function MessageActions({ group, message, isSmall = false }: MessageActionsProps) {
  const queryClient = useQueryClient()
  const refresh = (words: string) => async () => {
    notifications.show({ message: words })
    await queryClient.invalidateQueries({ queryKey: ['group', group, 'mail'] })
  }
  const retry = useMutation({
    mutationFn: () => ask('POST', path`/api/groups/${group}/mail/messages/${message.id}/retry`),
    onSuccess: refresh('It is sent again now.'),
  })
  const cancel = useMutation({
    mutationFn: () => ask('POST', path`/api/groups/${group}/mail/messages/${message.id}/cancel`),
    onSuccess: refresh('It is not sent any more.'),
  })
  const name = visible(message.subject)
  const size = isSmall ? 'compact-sm' : 'sm'
  const failed = retry.error ?? cancel.error
  if (!message.canRetry && !message.canCancel && failed === null) {
    return (
      <Text span size="sm" c="dimmed">
        nothing to do
      </Text>
    )
  }
  return (
    <>
      <Group gap={6} wrap="nowrap">
        {message.canRetry && (
          <Button
            variant="light"
            size={size}
            loading={retry.isPending}
            aria-label={`Retry: ${name}`}
            onClick={() => retry.mutate()}
          >
            Retry
          </Button>
        )}
        {message.canCancel && (
          <Button
            variant="default"
            size={size}
            loading={cancel.isPending}
            aria-label={`Cancel: ${name}`}
            onClick={() => cancel.mutate()}
          >
            Cancel
          </Button>
        )}
      </Group>
      {failed !== null && <FailureNotice error={failed} />}
    </>
  )
}
