/**
 * A target that gets no events any more.
 *
 * @module
 */
import { Button, Group, Stack, Text } from '@mantine/core'
import { useDisclosure } from '@mantine/hooks'
import { notifications } from '@mantine/notifications'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { ask, path } from '../api/client.ts'
import type { ShownTarget } from '../api/syslog-shapes.ts'
import { Dialog } from '../parts/dialog.tsx'
import { FailureNotice } from '../parts/notice.tsx'
import { Section } from '../parts/section.tsx'
import { visible } from '../text/directory-text.ts'

export function RemoveTarget({ group, shown }: { readonly group: string; readonly shown: ShownTarget }) {
  const [isOpen, { open, close }] = useDisclosure(false)
  const queryClient = useQueryClient()
  const navigate = useNavigate()
  const name = visible(shown.name)
  const remove = useMutation({
    mutationFn: () => ask('DELETE', path`/api/groups/${group}/syslog/targets/${shown.id}`),
    onSuccess: async () => {
      close()
      notifications.show({ message: `${name} is removed.` })
      await navigate({ to: '/groups/$group/syslog', params: { group } })
      await queryClient.invalidateQueries({ queryKey: ['group', group, 'syslog'] })
    },
  })
  return (
    <Section title="Remove" says="It gets no events any more, and where it left off is forgotten.">
      <Button variant="outline" className="is-grave" onClick={open}>
        Remove this target
      </Button>
      <Dialog title={`Remove ${name}?`} isOpen={isOpen} onClose={close}>
        <Stack gap="md">
          <Text size="sm">
            {shown.status.waiting.toLocaleString('en')} events wait for it; they are not sent. The console keeps its
            own.
          </Text>
          {remove.isError && <FailureNotice error={remove.error} />}
          <Group justify="flex-end">
            <Button variant="default" onClick={close} data-autofocus>
              Keep it
            </Button>
            <Button color="red" className="is-grave-filled" loading={remove.isPending} onClick={() => remove.mutate()}>
              Remove it
            </Button>
          </Group>
        </Stack>
      </Dialog>
    </Section>
  )
}
