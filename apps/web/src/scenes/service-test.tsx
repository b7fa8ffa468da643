/**
 * Test connection: from this console through the gate to an answer of the directory, shown hop by hop.
 *
 * @module
 */
import { Button, Stack, Text } from '@mantine/core'
import { useMutation } from '@tanstack/react-query'
import { path } from '../api/client.ts'
import { problemOf } from '../api/problem.ts'
import { Notice } from '../parts/notice.tsx'
import { hopsOfTrace, testConnection } from '../trace/connection-test.ts'
import { HopDiagram } from '../trace/hop-diagram.tsx'
import { hopsOfFailure } from '../trace/hops.ts'

export function ServiceTest({ group, isFirst = false }: { readonly group: string; readonly isFirst?: boolean }) {
  const test = useMutation({ mutationFn: () => testConnection(path`/api/groups/${group}/services/directory/test`) })
  return (
    <Stack gap="md">
      <Button className="start" loading={test.isPending} onClick={() => test.mutate()}>
        Test connection
      </Button>
      {test.isIdle && !isFirst && (
        <Text size="sm" c="dimmed">
          A connector that takes work tries every step with the settings it runs on. The page of a connector tests that
          one.
        </Text>
      )}
      {test.data?.verdict === 'ok' && (
        <Notice
          about="ok"
          says={isFirst ? 'The gate is open: the console reaches your directory.' : 'The directory answers.'}
          fix="Every step passed."
        />
      )}
      {test.isError && <HopDiagram title="Test of the directory" hops={hopsOfFailure(problemOf(test.error))} />}
      {test.data !== undefined && (
        <HopDiagram title="Test of the directory" hops={hopsOfTrace(test.data)} totalMs={test.data.durationMs} />
      )}
    </Stack>
  )
}
