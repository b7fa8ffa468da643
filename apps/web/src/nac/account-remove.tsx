/**
 * An account of a NAC that is removed.
 *
 * @module
 */
import { Button, Group as Row, Stack, Text } from '@mantine/core'
import { notifications } from '@mantine/notifications'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { ask, path } from '../api/client.ts'
import { FailureNotice } from '../parts/notice.tsx'
import { visible } from '../text/directory-text.ts'
import type { OfAccount } from './accounts.tsx'

export function Remove({ account, onDone }: OfAccount) {
  const queryClient = useQueryClient()
  const remove = useMutation({
    mutationFn: () => ask('DELETE', path`/api/nac/accounts/${account.id}`),
    onSuccess: async () => {
      onDone()
      notifications.show({ message: `${visible(account.user)} is removed.` })
      await queryClient.invalidateQueries({ queryKey: ['nac', 'accounts'] })
    },
  })
  return (
    <Stack gap="md">
      <Text size="sm">
        Whoever asks with it is refused from the next moment on: a policy node that uses it learns nothing about any
        device any more.
      </Text>
      {remove.isError && <FailureNotice error={remove.error} />}
      <Row justify="flex-end">
        <Button variant="default" onClick={onDone} data-autofocus>
          Keep it
        </Button>
        <Button color="red" className="is-grave-filled" loading={remove.isPending} onClick={() => remove.mutate()}>
          Remove for good
        </Button>
      </Row>
    </Stack>
  )
}
