/**
 * Test connection, with View trace: every hop as it is tried, and the tests before.
 *
 * @module
 */
import { Button, Group, Stack, Text } from '@mantine/core'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useState, type ReactNode } from 'react'
import { ask, path, withQuery, type ApiPath } from '../api/client.ts'
import { problemOf } from '../api/problem.ts'
import type { Trace, TraceSummary } from '../api/shapes.ts'
import { Answer } from '../parts/answer.tsx'
import { DataTable } from '../parts/data-table.tsx'
import { useNow } from '../parts/now.ts'
import { StandingWord } from '../parts/standing-word.tsx'
import { may, useSession } from '../shell/session.ts'
import { ago, took } from '../text/time.ts'
import { HopDiagram } from './hop-diagram.tsx'
import { hopsOfFailure } from './hops.ts'
import { hopsOfTrace, runTrace } from './run-trace.ts'

export interface ConnectionTestProps {
  readonly title: string
  readonly address: ApiPath
  readonly body?: object
  readonly button?: string
  /** Said as long as nothing has been tested. */
  readonly says?: string
  /** Shown above the hops when all is well. */
  readonly whenWell?: ReactNode
  /** Whose earlier tests are listed. */
  readonly history?: { readonly group: string; readonly target: string }
}

const verdicts = { ok: 'passed', warning: 'passed, with a warning', failed: 'failed' } as const

export function ConnectionTest(props: ConnectionTestProps) {
  const { title, address, body, button = 'Test connection', says, whenWell, history } = props
  const session = useSession()
  const queryClient = useQueryClient()
  const [running, setRunning] = useState<Trace>()
  const [earlier, setEarlier] = useState<string>()
  const test = useMutation({
    mutationFn: () => {
      setEarlier(undefined)
      setRunning(undefined)
      return runTrace(address, { body, onProgress: setRunning })
    },
    onSettled: () => queryClient.invalidateQueries({ queryKey: ['traces'] }),
  })
  const shown = test.isPending ? running : test.data
  if (!may(session, 'traces:edit')) {
    return (
      <Text size="sm" c="dimmed">
        Your roles do not let you test connections.
      </Text>
    )
  }
  return (
    <Stack gap="md">
      <Group gap="sm">
        <Button loading={test.isPending} onClick={() => test.mutate()}>
          {button}
        </Button>
        {test.isPending && (
          <Text size="sm" c="dimmed" role="status">
            {running === undefined || running.hops.length === 0
              ? 'Testing every hop. Seconds as a rule, half a minute where something is silent.'
              : `${running.hops.length} ${running.hops.length === 1 ? 'hop' : 'hops'} so far…`}
          </Text>
        )}
      </Group>
      {test.isIdle && says !== undefined && (
        <Text size="sm" c="dimmed">
          {says}
        </Text>
      )}
      {test.data?.verdict === 'ok' && !test.isPending && whenWell}
      {test.isError && <HopDiagram title={title} hops={hopsOfFailure(problemOf(test.error))} />}
      {shown !== undefined && earlier === undefined && (
        <HopDiagram
          title={title}
          hops={hopsOfTrace(shown)}
          {...(test.isPending ? { walking: shown.walking ?? '' } : {})}
          totalMs={test.isPending ? undefined : shown.durationMs}
        />
      )}
      {earlier !== undefined && <EarlierTrace id={earlier} title={title} />}
      {history !== undefined && may(session, 'traces:read') && (
        <Earlier {...history} shown={earlier ?? test.data?.id} onShow={setEarlier} />
      )}
    </Stack>
  )
}

function EarlierTrace({ id, title }: { readonly id: string; readonly title: string }) {
  const trace = useQuery({
    queryKey: ['trace', id],
    queryFn: ({ signal }) => ask<Trace>('GET', path`/api/traces/${id}`, { signal }),
    staleTime: Infinity,
  })
  return (
    <Answer of={trace}>
      {(data) => <HopDiagram title={title} hops={hopsOfTrace(data)} totalMs={data.durationMs} />}
    </Answer>
  )
}

interface EarlierProps {
  readonly group: string
  readonly target: string
  readonly shown: string | undefined
  readonly onShow: (trace: string) => void
}

function Earlier({ group, target, shown, onShow }: EarlierProps) {
  const now = useNow()
  const traces = useQuery({
    queryKey: ['traces', group, target],
    queryFn: async ({ signal }) =>
      (
        await ask<{ traces: readonly TraceSummary[] }>(
          'GET',
          withQuery(path`/api/groups/${group}/traces`, { target, limit: '10' }),
          { signal },
        )
      ).traces,
  })
  if (traces.data === undefined || traces.data.length === 0) return null
  return (
    <details className="unfold">
      <summary>
        <Text span size="sm" fw={600}>
          Earlier tests ({traces.data.length === 10 ? 'the newest 10' : traces.data.length})
        </Text>
      </summary>
      <DataTable
        caption="Earlier tests"
        rows={traces.data}
        keyOf={({ id }) => id}
        whenEmpty=""
        columns={[
          { title: 'When', cell: ({ startedAt }) => <time dateTime={startedAt}>{ago(startedAt, now)}</time> },
          {
            title: 'Verdict',
            cell: ({ verdict }) => <StandingWord standing={verdict}>{verdicts[verdict]}</StandingWord>,
          },
          { title: 'Took', isNumber: true, cell: ({ durationMs }) => took(durationMs) },
          {
            title: 'Trace',
            cell: ({ id, startedAt }) =>
              id === shown ? (
                'shown above'
              ) : (
                <Button
                  size="compact-sm"
                  variant="subtle"
                  aria-label={`View trace of ${startedAt}`}
                  onClick={() => onShow(id)}
                >
                  View trace
                </Button>
              ),
          },
        ]}
      />
    </details>
  )
}
