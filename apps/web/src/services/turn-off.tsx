/**
 * A service that is turned off in a group.
 *
 * @module
 */
import { Button, Group, Stack, Text } from '@mantine/core'
import { useDisclosure } from '@mantine/hooks'
import { notifications } from '@mantine/notifications'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { ask, path } from '../api/client.ts'
import { Dialog } from '../parts/dialog.tsx'
import { FailureNotice } from '../parts/notice.tsx'
import { Section } from '../parts/section.tsx'
import type { ServiceName } from './service-query.ts'

export interface TurnOffProps {
  readonly group: string
  readonly service: ServiceName
  /** `the directory`. */
  readonly what: string
  /** What it means, and what is lost. */
  readonly says: string
}

export function TurnOff({ group, service, what, says }: TurnOffProps) {
  const [isOpen, { open, close }] = useDisclosure(false)
  const queryClient = useQueryClient()
  const off = useMutation({
    mutationFn: () => ask('DELETE', path`/api/groups/${group}/services/${service}`),
    onSuccess: async () => {
      close()
      notifications.show({ message: `In this group ${what} is off.` })
      await queryClient.invalidateQueries({ queryKey: ['group'] })
    },
  })
  return (
    <Section title="Turn off" says={says}>
      <Button variant="outline" className="is-grave" onClick={open}>
        Turn {what} off
      </Button>
      <Dialog title={`Turn ${what} off?`} isOpen={isOpen} onClose={close}>
        <Stack gap="md">
          <Text size="sm">
            Connectors stop using it at once. To turn it on again you have to enter its settings and passwords again.
          </Text>
          {off.isError && <FailureNotice error={off.error} />}
          <Group justify="flex-end">
            <Button variant="default" onClick={close} data-autofocus>
              Keep it on
            </Button>
            <Button color="red" className="is-grave-filled" loading={off.isPending} onClick={() => off.mutate()}>
              Turn it off
            </Button>
          </Group>
        </Stack>
      </Dialog>
    </Section>
  )
}
