/**
 * The way through a long list: before, next, and where one is.
 *
 * @module
 */
import { Button, Group, Text } from '@mantine/core'
import type { Trail } from './trail.ts'

export interface PagerProps {
  readonly trail: Trail
  readonly nextCursor: string | undefined
  /** Rows of a full page. */
  readonly atOnce: number
  readonly rows: number
  /** The next page is on its way; the last one is still shown. */
  readonly isWaiting: boolean
}

export function Pager({ trail, nextCursor, atOnce, rows, isWaiting }: PagerProps) {
  if (trail.before === 0 && nextCursor === undefined) return null
  const from = trail.before * atOnce
  return (
    <Group justify="space-between" mt="sm">
      <Button variant="default" disabled={trail.before === 0 || isWaiting} onClick={trail.back}>
        {trail.isBackToFirst ? 'To the first' : 'Before'}
      </Button>
      <Text size="sm" c="dimmed" className="numbers" role="status">
        {(from + 1).toLocaleString('en')} to {(from + rows).toLocaleString('en')}
      </Text>
      <Button
        variant="default"
        disabled={nextCursor === undefined || isWaiting}
        onClick={() => nextCursor !== undefined && trail.forward(nextCursor)}
      >
        Next
      </Button>
    </Group>
  )
}
