/**
 * A secret that is shown this once: that it is, where it goes, and itself to copy.
 *
 * @module
 */
import { Button, Group, Stack } from '@mantine/core'
import type { ReactNode } from 'react'
import { Notice } from './notice.tsx'

export interface ShownOnceProps {
  /** `secret`, as in: the only time the secret is shown. */
  readonly what: string
  /** Where to take it now. */
  readonly fix: string
  /** Lines to copy. */
  readonly children: ReactNode
  readonly onDone: () => void
}

export function ShownOnce({ what, fix, children, onDone }: ShownOnceProps) {
  return (
    <Stack gap="md">
      <Notice about="warning" says={`This is the only time the ${what} is shown.`} fix={fix} />
      {children}
      <Group justify="flex-end">
        <Button onClick={onDone}>I have it</Button>
      </Group>
    </Stack>
  )
}
