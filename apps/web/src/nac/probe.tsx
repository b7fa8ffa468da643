/**
 * The probe: the console plays Cisco ISE against an MDM server, ours or another, and says what ISE would see.
 *
 * @module
 */
import { Button, Select, Stack, TextInput } from '@mantine/core'
import { useForm } from '@mantine/form'
import { useMutation, useQuery } from '@tanstack/react-query'
import { ask, path } from '../api/client.ts'
import type { ProbeReport } from '../api/nac-shapes.ts'
import { Answer } from '../parts/answer.tsx'
import { AuthorityField } from '../parts/authority-field.tsx'
import { FailureNotice } from '../parts/notice.tsx'
import { PasswordField } from '../parts/password-field.tsx'
import { Section } from '../parts/section.tsx'
import { nacCertificatesQuery, nacsQuery } from './queries.ts'
import { Report } from './probe-report.tsx'

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
              maxLength={500}
              {...form.getInputProps('url')}
            />
            <TextInput label="User" required autoComplete="off" maxLength={200} {...form.getInputProps('user')} />
            <PasswordField label="Password" required autoComplete="off" {...form.getInputProps('password')} />
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
            <AuthorityField
              label="Authorities to believe (PEM)"
              description="Ours, unless you change it. Empty: those of the system."
              value={form.values.ca}
              onChange={(pem) => form.setFieldValue('ca', pem)}
              isEditable
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
