/**
 * The verdict on a device: whether it may join, which rules it fails, and what its user can do.
 *
 * @module
 */
import { Button, Text } from '@mantine/core'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { ask, path } from '../api/client.ts'
import type { Device, FailingRule } from '../api/device-shapes.ts'
import { DataTable, type Column } from '../parts/data-table.tsx'
import { FailureNotice } from '../parts/notice.tsx'
import { Section } from '../parts/section.tsx'
import { StandingWord } from '../parts/standing-word.tsx'
import { may, useSession } from '../shell/session.ts'
import { visible } from '../text/directory-text.ts'
import { ago } from '../text/time.ts'
import { ruleText } from '../policies/rule-text.ts'
import { isManaged, verdictWords } from './words.ts'

const columns: readonly Column<FailingRule>[] = [
  { title: 'Policy', cell: ({ policy }) => <strong>{visible(policy)}</strong> },
  {
    title: 'What is so',
    cell: ({ says, rule }) => (
      <>
        {visible(ruleText(says))}
        <Text size="xs" c="dimmed">
          asked for: {visible(ruleText(rule))}
        </Text>
      </>
    ),
  },
  {
    title: 'Effect',
    cell: ({ countsForAccess, isUnknown, severity }) => (
      <>
        <StandingWord standing={countsForAccess ? 'failed' : 'warning'}>
          {countsForAccess ? 'keeps it off' : 'only shown'}
        </StandingWord>
        <Text size="xs" c="dimmed">
          {severity}
          {isUnknown && ', because nobody can tell'}
        </Text>
      </>
    ),
  },
  {
    title: 'What its user can do',
    cell: ({ remediation }) => (remediation === '' ? 'nothing is written down' : visible(remediation)),
  },
]

export function DeviceVerdict({ device, now }: { readonly device: Device; readonly now: Date }) {
  const session = useSession()
  const queryClient = useQueryClient()
  const evaluate = useMutation({
    mutationFn: () => ask<Device>('POST', path`/api/devices/${device.id}/evaluate`),
    onSuccess: (fresh) => queryClient.setQueryData(['devices', 'one', device.id], fresh),
  })
  const { compliant, failing, evaluatedAt } = device.verdict
  const [standing, words] = verdictWords(compliant)
  const isAsked = isManaged(device.state)
  return (
    <Section
      title="Verdict"
      says={
        <>
          <StandingWord standing={isAsked ? standing : 'off'}>{words}</StandingWord>{' '}
          {isAsked
            ? `Evaluated ${ago(evaluatedAt, now)}, and again with every report.`
            : 'Network access control does not know a device that is not enrolled.'}
        </>
      }
      actions={
        may(session, 'devices:edit') && (
          <Button variant="light" size="compact-sm" loading={evaluate.isPending} onClick={() => evaluate.mutate()}>
            Evaluate now
          </Button>
        )
      }
    >
      {evaluate.isError && <FailureNotice error={evaluate.error} />}
      <DataTable
        caption="Rules that fail"
        columns={columns}
        rows={failing}
        keyOf={({ policy, rule }) => `${policy} ${rule}`}
        whenEmpty="No rule fails."
      />
    </Section>
  )
}
