/**
 * An MDM server that is asked no more.
 *
 * @module
 */
import { Button, Group as Row, Stack, Text } from '@mantine/core'
import { notifications } from '@mantine/notifications'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { ask, path } from '../api/client.ts'
import type { MdmSource } from '../api/source-shapes.ts'
import { FailureNotice } from '../parts/notice.tsx'
import { visible } from '../text/directory-text.ts'

interface RemoveProps {
  readonly group: string
  readonly source: MdmSource
  readonly onDone: () => void
}

export function Remove({ group, source, onDone }: RemoveProps) {
  const queryClient = useQueryClient()
  const remove = useMutation({
    mutationFn: () => ask('DELETE', path`/api/groups/${group}/sources/${source.id}`),
    onSuccess: async () => {
      onDone()
      notifications.show({ message: `${visible(source.name)} is removed.` })
      await queryClient.invalidateQueries({ queryKey: ['group', group, 'sources'] })
    },
  })
  return (
    <Stack gap="md">
      <Text size="sm">It is not asked any more. What it said of devices stays until it is no longer fresh.</Text>
      {remove.isError && <FailureNotice error={remove.error} />}
      <Row justify="flex-end">
        <Button variant="default" onClick={onDone} data-autofocus>
          Keep it
        </Button>
        <Button color="red" className="is-grave-filled" loading={remove.isPending} onClick={() => remove.mutate()}>
          Remove it
        </Button>
      </Row>
    </Stack>
  )
}
