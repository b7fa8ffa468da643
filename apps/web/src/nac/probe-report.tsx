/**
 * What the probe found, step by step.
 *
 * @module
 */
import { Stack, Text } from '@mantine/core'
import type { ProbeReport } from '../api/nac-shapes.ts'
import type { Standing } from '../gate/gate.ts'
import { DataTable, type Column } from '../parts/data-table.tsx'
import { Notice } from '../parts/notice.tsx'
import { Section } from '../parts/section.tsx'
import { StandingWord } from '../parts/standing-word.tsx'
import { visible } from '../text/directory-text.ts'
import { took } from '../text/time.ts'
import { slowMs } from './standing.ts'

const standings: Readonly<Record<ProbeReport['verdict'] | 'skipped', Standing>> = {
  ok: 'ok',
  warning: 'warning',
  failed: 'failed',
  skipped: 'off',
}

const columns: readonly Column<ProbeReport['rows'][number]>[] = [
  { title: 'Step', cell: ({ target }) => <strong>{visible(target)}</strong> },
  { title: 'Result', cell: ({ result }) => <StandingWord standing={standings[result]}>{result}</StandingWord> },
  {
    title: 'What it says',
    cell: ({ says, fix, iseReason }) => (
      <>
        {visible(says)}
        {fix !== '' && (
          <Text size="sm" c="dimmed">
            {visible(fix)}
          </Text>
        )}
        {iseReason !== undefined && (
          <Text size="xs" c="dimmed">
            ISE would report {visible(iseReason)}
          </Text>
        )}
      </>
    ),
  },
  { title: 'Took', isNumber: true, cell: ({ result, durationMs }) => (result === 'skipped' ? '' : took(durationMs)) },
]

export function Report({ report }: { readonly report: ProbeReport }) {
  const { verdict, rows, latency, total, nonCompliant, certificates = [] } = report
  return (
    <Section title="What ISE would see">
      <Stack gap="md">
        <Notice
          about={verdict}
          says={
            verdict === 'ok'
              ? 'ISE could work with this server.'
              : verdict === 'warning'
                ? 'ISE could work with this server, but look at the warnings.'
                : 'ISE could not work with this server.'
          }
        />
        <DataTable
          caption="Steps of the probe"
          columns={columns}
          rows={rows}
          keyOf={({ target }) => target}
          whenEmpty=""
        />
        {latency !== undefined && (
          <Text size="sm">
            {latency.count} queries: half within {took(latency.p50Ms)}, 99 of 100 within {took(latency.p99Ms)}, the
            slowest {took(latency.maxMs)}; {latency.late} took more than {slowMs} ms.
          </Text>
        )}
        {total !== undefined && (
          <Text size="sm">
            {total.toLocaleString('en')} devices
            {nonCompliant !== undefined && `, ${nonCompliant.toLocaleString('en')} not compliant`}.
          </Text>
        )}
        {certificates.length > 0 && (
          <ol className="chain">
            {certificates.map(({ subject, issuer, thumbprint, daysLeft }) => (
              <li key={thumbprint} className="outside">
                <Text size="sm">
                  {visible(subject)}, issued by {visible(issuer)}, {daysLeft} days left
                </Text>
                <Text size="xs" c="dimmed" className="mono">
                  {thumbprint}
                </Text>
              </li>
            ))}
          </ol>
        )}
      </Stack>
    </Section>
  )
}
