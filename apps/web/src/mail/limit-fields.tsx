/**
 * Sizes and time-outs of mail.
 *
 * @module
 */
import { NumberInput, TextInput } from '@mantine/core'
import { SecondsField } from '../services/seconds-field.tsx'
import type { SettingsParts } from '../settings/settings-frame.tsx'
import type { MailFields } from './mail-settings.ts'

export function Limits({ form, label }: SettingsParts<MailFields>) {
  const seconds = (name: 'connectTimeoutMs' | 'commandTimeoutMs' | 'finalDotTimeoutMs', title: string, max: number) => (
    <SecondsField
      label={label(title, name)}
      min={1}
      max={max}
      ms={form.values[name]}
      onChange={(ms) => form.setFieldValue(name, ms)}
    />
  )
  return (
    <>
      <div className="fields-row">
        <NumberInput
          label={label('Size of a mail, in KiB', 'maxMessageBytes')}
          min={16}
          max={51_200}
          allowDecimal={false}
          thousandSeparator=","
          value={form.values.maxMessageBytes === '' ? '' : Number(form.values.maxMessageBytes) / 1024}
          onChange={(value) => form.setFieldValue('maxMessageBytes', value === '' ? '' : Number(value) * 1024)}
        />
        {seconds('connectTimeoutMs', 'To connect, in seconds', 60)}
      </div>
      <div className="fields-row">
        {seconds('commandTimeoutMs', 'For an answer, in seconds', 300)}
        {seconds('finalDotTimeoutMs', 'For the last answer, in seconds', 600)}
      </div>
      <TextInput
        label={label('What the connector calls itself (EHLO)', 'ehloName')}
        description="Empty: its address in brackets."
        spellCheck={false}
        {...form.getInputProps('ehloName')}
      />
    </>
  )
}
