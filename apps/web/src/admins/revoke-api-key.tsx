/**
 * An API key that counts no more.
 *
 * @module
 */
import { Button, Group as Row, Stack, Text } from '@mantine/core'
import { notifications } from '@mantine/notifications'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { ask, path } from '../api/client.ts'
import type { ApiKey } from '../api/access-shapes.ts'
import { FailureNotice } from '../parts/notice.tsx'
import { visible } from '../text/directory-text.ts'

export function Revoke({ apiKey, onDone }: { readonly apiKey: ApiKey; readonly onDone: () => void }) {
  const queryClient = useQueryClient()
  const revoke = useMutation({
    mutationFn: () => ask('POST', path`/api/api-keys/${apiKey.id}/revoke`, { body: {} }),
    onSuccess: async () => {
      onDone()
      notifications.show({ message: `${visible(apiKey.name)} is revoked.` })
      await queryClient.invalidateQueries({ queryKey: ['api-keys'] })
    },
  })
  return (
    <Stack gap="md">
      <Text size="sm">The program that uses it is refused from its next request on. This cannot be taken back.</Text>
      {revoke.isError && <FailureNotice error={revoke.error} />}
      <Row justify="flex-end">
        <Button variant="default" onClick={onDone} data-autofocus>
          Keep it
        </Button>
        <Button color="red" className="is-grave-filled" loading={revoke.isPending} onClick={() => revoke.mutate()}>
          Revoke for good
        </Button>
      </Row>
    </Stack>
  )
}
