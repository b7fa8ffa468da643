/**
 * The certificate that authenticates the console to the relay.
 *
 * @module
 */
import { Button, Stack } from '@mantine/core'
import { useMutation } from '@tanstack/react-query'
import { IconDownload } from '@tabler/icons-react'
import { ask, path } from '../api/client.ts'
import { FailureNotice } from '../parts/notice.tsx'
import { saveFile } from '../parts/save-file.ts'

export function SecureChannel() {
  const get = useMutation({
    mutationFn: () => ask<object>('GET', path`/api/relay/secure-channel`),
    onSuccess: (channel) => saveFile('secure-channel.json', `${JSON.stringify(channel, undefined, 2)}\n`),
  })
  return (
    <Stack gap="sm">
      <Button
        variant="light"
        className="start"
        leftSection={<IconDownload size={16} aria-hidden />}
        loading={get.isPending}
        onClick={() => get.mutate()}
      >
        Download secure-channel.json
      </Button>
      {get.isError && <FailureNotice error={get.error} />}
    </Stack>
  )
}
