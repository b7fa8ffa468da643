/**
 * Test connection: every connector of the group tries every step, and the way is shown hop by hop.
 *
 * @module
 */
import { Button, Stack, Text, Title } from '@mantine/core'
import { useMutation } from '@tanstack/react-query'
import { ask, path } from '../api/client.ts'
import { problemOf } from '../api/problem.ts'
import type { ConnectorCheck } from '../api/shapes.ts'
import { Notice } from '../parts/notice.tsx'
import { visible } from '../text/directory-text.ts'
import { HopDiagram } from '../trace/hop-diagram.tsx'
import { hopsOfCheck, hopsOfFailure, verdictOf } from '../trace/hops.ts'

export function ServiceTest({ group, isFirst = false }: { readonly group: string; readonly isFirst?: boolean }) {
  const test = useMutation({
    mutationFn: async () => {
      const startedMs = performance.now()
      const answer = await ask<{ connectors: readonly ConnectorCheck[] }>(
        'POST',
        path`/api/groups/${group}/services/directory/check`,
      )
      return { ...answer, totalMs: performance.now() - startedMs }
    },
  })
  const traces = (test.data?.connectors ?? []).map(({ connector, rows }) => ({
    connector,
    hops: hopsOfCheck(connector.name, rows),
  }))
  const isGreen = traces.length > 0 && traces.every(({ hops }) => verdictOf(hops) === 'ok')
  return (
    <Stack gap="md">
      <Button className="start" loading={test.isPending} onClick={() => test.mutate()}>
        Test connection
      </Button>
      {test.isIdle && !isFirst && (
        <Text size="sm" c="dimmed">
          Every live connector tries every step with the settings it runs on, and shows where it stops.
        </Text>
      )}
      {isGreen && (
        <Notice
          about="ok"
          says={isFirst ? 'The gate is open: the console reaches your directory.' : 'The directory answers.'}
          fix={traces.length > 1 ? `All ${traces.length} connectors passed every step.` : 'Every step passed.'}
        />
      )}
      {test.isError && <HopDiagram title="Test of the directory" hops={hopsOfFailure(problemOf(test.error))} />}
      {traces.map(({ connector, hops }) => (
        <section key={connector.id} aria-label={`Trace by ${visible(connector.name)}`}>
          {traces.length > 1 && (
            <Title order={3} mb="xs">
              {visible(connector.name)}
            </Title>
          )}
          <HopDiagram
            title={`Test of the directory by ${visible(connector.name)}`}
            hops={hops}
            {...(traces.length === 1 && test.data !== undefined ? { totalMs: test.data.totalMs } : {})}
          />
        </section>
      ))}
    </Stack>
  )
}
