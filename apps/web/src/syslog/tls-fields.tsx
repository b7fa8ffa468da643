/**
 * Whose certificate a target is believed by, and ours for it.
 *
 * @module
 */
import { Textarea, TextInput } from '@mantine/core'
import { AuthorityField } from '../parts/authority-field.tsx'
import type { WayFieldsProps } from './way-fields.tsx'

export function Tls({ form, isEditable, hasKey, mustRepeatKey }: WayFieldsProps) {
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
