/**
 * What was typed and not saved is not lost by one click on another page.
 *
 * @module
 */
import { Button, Group, Stack, Text } from '@mantine/core'
import { useBlocker } from '@tanstack/react-router'
import { Dialog } from '../parts/dialog.tsx'

export function Unsaved({ isChanged }: { readonly isChanged: boolean }) {
  const { status, proceed, reset } = useBlocker({
    // Another tab or another search of the same page takes nothing away.
    shouldBlockFn: ({ current, next }) => isChanged && current.pathname !== next.pathname,
    enableBeforeUnload: isChanged,
    disabled: !isChanged,
    withResolver: true,
  })
  const stay = () => reset?.()
  return (
    <Dialog title="Leave without saving?" isOpen={status === 'blocked'} onClose={stay}>
      <Stack gap="md">
        <Text size="sm">What you changed on this page is not saved, and lost when you leave it.</Text>
        <Group justify="flex-end">
          <Button variant="default" onClick={() => proceed?.()}>
            Leave it
          </Button>
          <Button onClick={stay} data-autofocus>
            Stay here
          </Button>
        </Group>
      </Stack>
    </Dialog>
  )
}
