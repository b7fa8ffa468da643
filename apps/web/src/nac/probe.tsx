/**
 * The probe: the console plays Cisco ISE against an MDM server, ours or another, and says what ISE would see.
 *
 * @module
 */
import { Button, PasswordInput, Select, Stack, Text, Textarea, TextInput } from '@mantine/core'
import { useForm } from '@mantine/form'
import { useMutation, useQuery } from '@tanstack/react-query'
import { ask, path } from '../api/client.ts'
import type { ProbeReport } from '../api/nac-shapes.ts'
import type { Standing } from '../gate/gate.ts'
import { Answer } from '../parts/answer.tsx'
import { DataTable, type Column } from '../parts/data-table.tsx'
import { FailureNotice, Notice } from '../parts/notice.tsx'
import { Section } from '../parts/section.tsx'
import { StandingWord } from '../parts/standing-word.tsx'
import { visible } from '../text/directory-text.ts'
import { took } from '../text/time.ts'
import { nacCertificatesQuery, nacsQuery } from './queries.ts'
import { slowMs } from './standing.ts'

export function Probe() {
  const nacs = useQuery({ ...nacsQuery, refetchInterval: false })
  const certificates = useQuery(nacCertificatesQuery)
  return (
    <Answer of={certificates}>
      {({ authority }) => (
        <ProbeForm key={nacs.data?.at(0)?.url ?? ''} url={nacs.data?.at(0)?.url ?? ''} ca={authority.pem} />
      )}
    </Answer>
  )
}

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

function ProbeForm({ url, ca }: { readonly url: string; readonly ca: string }) {
  const form = useForm({ initialValues: { url, user: '', password: '', ca, criterion: 'macaddress', value: '' } })
  const probe = useMutation({
    mutationFn: ({ criterion, value, ca: authorities, ...rest }: typeof form.values) =>
      ask<ProbeReport>('POST', path`/api/nac/probe`, {
        body: {
          ...rest,
          ...(authorities.trim() === '' ? {} : { ca: authorities }),
          ...(value.trim() === '' ? {} : { query: { criterion, value: value.trim() } }),
        },
      }),
  })
  return (
    <Stack gap="lg">
      <Section
        title="Probe"
        says="The console plays Cisco ISE: it signs in, asks for mdminfo, looks for a device, walks the pages, and measures. It asks from where the console is, not from a policy node. The password is kept nowhere."
      >
        <form onSubmit={form.onSubmit((values) => probe.mutate(values))}>
          <Stack gap="md" maw={520}>
            <TextInput
              label="Address"
              description="https://host, with a port and an instance name if it has them."
              required
              withAsterisk={false}
              maxLength={500}
              {...form.getInputProps('url')}
            />
            <TextInput
              label="User"
              required
              withAsterisk={false}
              autoComplete="off"
              maxLength={200}
              {...form.getInputProps('user')}
            />
            <PasswordInput
              label="Password"
              required
              withAsterisk={false}
              autoComplete="off"
              visibilityToggleButtonProps={{ 'aria-label': 'Show the password' }}
              {...form.getInputProps('password')}
            />
            <Select
              label="Look for a device by"
              allowDeselect={false}
              data={['macaddress', 'guid', 'serialnumber', 'udid', 'imei', 'meid', 'username']}
              {...form.getInputProps('criterion')}
            />
            <TextInput
              label="Which is"
              description="Empty: none is looked for."
              maxLength={200}
              {...form.getInputProps('value')}
            />
            <Textarea
              label="Authorities to believe (PEM)"
              description="Ours, unless you change it. Empty: those of the system."
              autosize
              minRows={2}
              maxRows={4}
              {...form.getInputProps('ca')}
            />
            <Button type="submit" className="start" loading={probe.isPending}>
              Probe it
            </Button>
          </Stack>
        </form>
      </Section>
      {probe.isError && <FailureNotice error={probe.error} />}
      {probe.data !== undefined && <Report report={probe.data} />}
    </Stack>
  )
}

function Report({ report }: { readonly report: ProbeReport }) {
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
