/**
 * Where a collector is, and how it is reached.
 *
 * @module
 */
import { NumberInput, SegmentedControl, Select, Text, Textarea, TextInput } from '@mantine/core'
import type { SyslogTarget } from '../api/syslog-shapes.ts'
import { AuthorityField } from '../parts/authority-field.tsx'
import { FormPart } from '../parts/form-part.tsx'
import { Notice } from '../parts/notice.tsx'
import { portFor } from './target-fields.ts'
import type { TargetPartProps } from './target-form.tsx'

export interface WayFieldsProps extends TargetPartProps {
  readonly hasKey: boolean
  readonly mustRepeatKey: boolean
}

export function WayFields(props: WayFieldsProps) {
  const { form } = props
  const { transport } = form.values
  return (
    <FormPart title="Collector">
      <div>
        <Text size="sm" fw={600} mb={4} id="transport">
          Transport
        </Text>
        <SegmentedControl
          aria-labelledby="transport"
          data={[
            { value: 'tls', label: 'TLS' },
            { value: 'tcp', label: 'TCP' },
            { value: 'udp', label: 'UDP' },
          ]}
          value={transport}
          onChange={(chosen) => {
            const to = chosen as SyslogTarget['transport']
            form.setFieldValue('transport', to)
            form.setFieldValue('port', portFor(to, form.values.port))
          }}
        />
      </div>
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

function Tls({ form, isEditable, hasKey, mustRepeatKey }: WayFieldsProps) {
  const { trust, clientCertificate } = form.values
  return (
    <>
      <AuthorityField
        label="Authorities to believe (PEM)"
        description="Who signs the certificate of the collector. Empty: those the connector’s host believes."
        value={trust}
        onChange={(pem) => form.setFieldValue('trust', pem)}
        error={form.errors['trust']}
        isEditable={isEditable}
      />
      <div className="fields-row">
        <TextInput
          label="Name in the certificate"
          placeholder="the host"
          spellCheck={false}
          {...form.getInputProps('certificateName')}
        />
        <TextInput
          label="Pinned certificate (SHA-256)"
          placeholder="none: authorities decide"
          spellCheck={false}
          classNames={{ input: 'mono' }}
          {...form.getInputProps('pin')}
        />
      </div>
      <AuthorityField
        label="Client certificate (PEM)"
        description="For collectors that ask for one, with what leads to its authority."
        value={clientCertificate}
        onChange={(pem) => form.setFieldValue('clientCertificate', pem)}
        error={form.errors['clientCertificate']}
        isEditable={isEditable}
      />
      {clientCertificate.trim() !== '' && (
        <Textarea
          label="Key of the client certificate (PEM)"
          description={
            hasKey && !mustRepeatKey
              ? 'One is stored and used. It cannot be shown; enter another to replace it.'
              : hasKey
                ? 'Enter it again: the stored one does not go along.'
                : 'It is stored sealed, and never shown again.'
          }
          placeholder={hasKey && !mustRepeatKey ? 'stored' : ''}
          required={!hasKey || mustRepeatKey}
          withAsterisk={false}
          autosize
          minRows={2}
          maxRows={6}
          maxLength={16_384}
          spellCheck={false}
          autoComplete="off"
          classNames={{ input: 'mono' }}
          {...form.getInputProps('clientKey')}
        />
      )}
    </>
  )
}
