/**
 * In which form a target gets events, and one of them as it would be written.
 *
 * @module
 */
import { Button, NumberInput, Select, Stack, Text, Textarea, TextInput } from '@mantine/core'
import { useMutation } from '@tanstack/react-query'
import { ask, path } from '../api/client.ts'
import type { LinePreview } from '../api/syslog-shapes.ts'
import { FormPart } from '../parts/form-part.tsx'
import { FailureNotice } from '../parts/notice.tsx'
import { visible } from '../text/directory-text.ts'
import { targetOf } from './target-fields.ts'
import type { TargetPartProps } from './target-form.tsx'
import { formatWords } from './words.ts'

const facilities =
  'kern user mail daemon auth syslog lpr news uucp cron authpriv ftp ntp audit alert clock local0 local1 local2 local3 local4 local5 local6 local7'.split(
    ' ',
  )

export function FormatFields({ group, form }: TargetPartProps) {
  const { format, transport, facility, appName } = form.values
  return (
    <FormPart title="Format">
      <div className="fields-row">
        <Select
          label="Format"
          allowDeselect={false}
          data={Object.entries(formatWords).map(([value, label]) => ({ value, label }))}
          {...form.getInputProps('format')}
        />
        {format !== 'rfc5424' && (
          <Select
            label="Header before it"
            allowDeselect={false}
            data={[
              { value: 'rfc3164', label: 'RFC 3164, as most take it' },
              { value: 'rfc5424', label: 'RFC 5424' },
            ]}
            {...form.getInputProps('header')}
          />
        )}
      </div>
      {format === 'template' && (
        <Textarea
          label="The line"
          description="Text with %names%; the preview lists them. Empty: a line as AirWatch writes it."
          autosize
          minRows={2}
          maxRows={6}
          maxLength={4096}
          spellCheck={false}
          classNames={{ input: 'mono' }}
          {...form.getInputProps('template')}
        />
      )}
      <Preview group={group} form={form} />
      <FormPart title="Header and length" folded={`${appName}, ${facility}`}>
        <div className="fields-row">
          <Select
            label="Facility"
            allowDeselect={false}
            searchable
            data={facilities}
            {...form.getInputProps('facility')}
          />
          <TextInput
            label="Application name"
            required
            withAsterisk={false}
            maxLength={48}
            {...form.getInputProps('appName')}
          />
        </div>
        <div className="fields-row">
          <TextInput
            label="Host name"
            placeholder="sallygate-console"
            maxLength={255}
            {...form.getInputProps('hostName')}
          />
          <NumberInput
            label="Longest message, in bytes"
            description="Longer ones are cut, and counted."
            placeholder={transport === 'udp' ? '2048' : '8192'}
            min={1024}
            max={65_000}
            allowDecimal={false}
            {...form.getInputProps('maxMessageBytes')}
          />
        </div>
        <Select
          label="Byte order mark before UTF-8"
          maw={320}
          allowDeselect={false}
          data={[
            { value: 'asNeeded', label: 'as RFC 5424 wants it' },
            { value: 'never', label: 'never: the collector takes it for text' },
          ]}
          {...form.getInputProps('byteOrderMark')}
        />
      </FormPart>
    </FormPart>
  )
}

function Preview({ group, form }: Pick<TargetPartProps, 'group' | 'form'>) {
  const show = useMutation({
    mutationFn: () =>
      ask<LinePreview>('POST', path`/api/groups/${group}/syslog/preview`, {
        // The line does not depend on where it goes; the form may not know that yet.
        body: { target: { ...targetOf(form.values), host: form.values.host.trim() || 'collector.example' } },
      }),
  })
  return (
    <Stack gap="xs">
      <Button variant="light" className="start" loading={show.isPending} onClick={() => show.mutate()}>
        Show a line
      </Button>
      {show.isError && <FailureNotice error={show.error} />}
      {show.data !== undefined && (
        <>
          <pre className="as-written mono" tabIndex={0} aria-label="An event as it would be written">
            {visible(show.data.line)}
          </pre>
          <Text size="xs" c="dimmed">
            {show.data.bytes.toLocaleString('en')} bytes.
            {form.values.format === 'template' &&
              ` Names: ${show.data.templateNames.map((name) => `%${name}%`).join(' ')}`}
          </Text>
        </>
      )}
    </Stack>
  )
}
