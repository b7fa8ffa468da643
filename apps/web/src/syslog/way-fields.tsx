/**
 * Where a collector is, and how it is reached.
 *
 * @module
 */
import { NumberInput, Select, TextInput } from '@mantine/core'
import { FormPart } from '../parts/form-part.tsx'
import { Notice } from '../parts/notice.tsx'
import { ChoiceField } from '../services/choice-field.tsx'
import { portFor } from './target-fields.ts'
import type { TargetPartProps } from './target-form.tsx'
import { Tls } from './tls-fields.tsx'

export interface WayFieldsProps extends TargetPartProps {
  readonly hasKey: boolean
  readonly mustRepeatKey: boolean
}

export function WayFields(props: WayFieldsProps) {
  const { form } = props
  const { transport } = form.values
  return (
    <FormPart title="Collector">
      <ChoiceField
        title="Transport"
        choices={[
          { value: 'tls', label: 'TLS' },
          { value: 'tcp', label: 'TCP' },
          { value: 'udp', label: 'UDP' },
        ]}
        value={transport}
        onChange={(to) => {
          form.setFieldValue('transport', to)
          form.setFieldValue('port', portFor(to, form.values.port))
        }}
      />
      {transport !== 'tls' && (
        <Notice
          about="warning"
          says={
            transport === 'udp'
              ? 'UDP loses messages, and tells nobody.'
              : 'Messages travel readable inside your network.'
          }
          fix="Choose TLS where the collector takes it."
        />
      )}
      <div className="url-and-port">
        <TextInput
          label="Host"
          placeholder="siem.example.com"
          required
          withAsterisk={false}
          spellCheck={false}
          {...form.getInputProps('host')}
        />
        <NumberInput
          label="Port"
          min={1}
          max={65_535}
          allowDecimal={false}
          hideControls
          required
          withAsterisk={false}
          {...form.getInputProps('port')}
        />
      </div>
      {transport === 'tcp' && (
        <Select
          label="Messages are told apart by"
          maw={320}
          allowDeselect={false}
          data={[
            { value: 'octetCounting', label: 'their length (octet counting)' },
            { value: 'lineFeed', label: 'a line feed' },
          ]}
          {...form.getInputProps('framing')}
        />
      )}
      {transport === 'tls' && <Tls {...props} />}
    </FormPart>
  )
}
