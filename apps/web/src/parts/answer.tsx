/**
 * An answer that is on its way, failed, or here. What was true a moment ago stays visible under a failure.
 *
 * @module
 */
import { Skeleton, Stack } from '@mantine/core'
import type { UseQueryResult } from '@tanstack/react-query'
import type { ReactNode } from 'react'
import { FailureNotice } from './notice.tsx'

export interface AnswerProps<Data> {
  readonly of: UseQueryResult<Data>
  readonly children: (data: Data) => ReactNode
}

export function Answer<Data>({ of, children }: AnswerProps<Data>) {
  return (
    <Stack gap="sm">
      {of.isError && <FailureNotice error={of.error} />}
      {of.data !== undefined ? children(of.data) : of.isPending && <Waiting />}
    </Stack>
  )
}

export function Waiting() {
  return (
    <Stack gap="xs" role="progressbar" aria-label="Loading">
      <Skeleton height={18} width="40%" />
      <Skeleton height={18} />
      <Skeleton height={18} width="70%" />
    </Stack>
  )
}
