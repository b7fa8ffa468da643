/**
 * A test of a target: every step on the way, and a message to look for at the collector.
 *
 * @module
 */
import { Button, Stack, Text } from '@mantine/core'
import { useMutation } from '@tanstack/react-query'
import { ask, path } from '../api/client.ts'
import type { TargetTest } from '../api/syslog-shapes.ts'
import type { Standing } from '../gate/gate.ts'
import { DataTable, type Column } from '../parts/data-table.tsx'
import { FailureNotice } from '../parts/notice.tsx'
import { Section } from '../parts/section.tsx'
import { StandingWord } from '../parts/standing-word.tsx'
import { visible } from '../text/directory-text.ts'
import { took } from '../text/time.ts'

type Row = TargetTest['rows'][number]

const standings: Readonly<Record<Row['result'], Standing>> = {
  ok: 'ok',
  warning: 'warning',
  failed: 'failed',
  skipped: 'off',
}

const columns: readonly Column<Row>[] = [
  { title: 'Step', cell: ({ target }) => <strong>{visible(target)}</strong> },
  { title: 'Result', cell: ({ result }) => <StandingWord standing={standings[result]}>{result}</StandingWord> },
  {
    title: 'What it says',
    cell: ({ says, fix, code }) => (
      <>
        {visible(says)}
        {fix !== '' && (
          <Text size="sm" c="dimmed">
            {visible(fix)} {code}
          </Text>
        )}
      </>
    ),
  },
  { title: 'Took', isNumber: true, cell: ({ result, durationMs }) => (result === 'skipped' ? '' : took(durationMs)) },
]

export function TargetTestSection({ group, target }: { readonly group: string; readonly target: string }) {
  const test = useMutation({
    mutationFn: () => ask<TargetTest>('POST', path`/api/groups/${group}/syslog/targets/${target}/test`),
  })
  return (
    <Section
      title="Test"
      says="A connector takes every step to the collector with what is saved, and sends it a message that says it is a test."
    >
      <Stack gap="md">
        <Button className="start" loading={test.isPending} onClick={() => test.mutate()}>
          Test this target
        </Button>
        {test.isError && <FailureNotice error={test.error} />}
        {test.data !== undefined && (
          <>
            {test.data.connector !== undefined && (
              <Text size="sm" c="dimmed">
                Tried by {visible(test.data.connector.name)}.
              </Text>
            )}
            <DataTable
              caption="Steps of the test"
              columns={columns}
              rows={test.data.rows}
              keyOf={({ target: step }) => step}
              whenEmpty="Nothing was tried."
            />
          </>
        )}
      </Stack>
    </Section>
  )
}
