/**
 * Tests that ran before.
 *
 * @module
 */
import { Button, Text } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { ask, path, withQuery } from '../api/client.ts'
import type { Trace, TraceSummary } from '../api/service-shapes.ts'
import { Answer } from '../parts/answer.tsx'
import { DataTable } from '../parts/data-table.tsx'
import { useNow } from '../parts/now.ts'
import { StandingWord } from '../parts/standing-word.tsx'
import { ago, took } from '../text/time.ts'
import { HopDiagram } from './hop-diagram.tsx'
import { hopsOfTrace } from './run-trace.ts'

const verdicts = { ok: 'passed', warning: 'passed, with a warning', failed: 'failed' } as const

export function EarlierTrace({ id, title }: { readonly id: string; readonly title: string }) {
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

export function Earlier({ group, target, shown, onShow }: EarlierProps) {
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
