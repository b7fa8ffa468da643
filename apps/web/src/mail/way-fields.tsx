/**
 * Which mail servers, and whose certificate is believed.
 *
 * @module
 */
import { Select, TextInput } from '@mantine/core'
import { AuthorityField } from '../parts/authority-field.tsx'
import { FormPart } from '../parts/form-part.tsx'
import { Notice } from '../parts/notice.tsx'
import { ServerList } from '../services/server-list.tsx'
import { type FormOfServers } from '../services/server-row.tsx'
import type { SettingsParts } from '../settings/settings-frame.tsx'
import { mailPortAfter, mailPorts, mailServer, type MailEncryption, type MailFields } from './mail-settings.ts'

const encryptions: readonly { readonly value: MailEncryption; readonly label: string }[] = [
  { value: 'required', label: 'STARTTLS, verified, or nothing is sent' },
  { value: 'implicit', label: 'TLS from the first byte (port 465)' },
  { value: 'opportunistic', label: 'STARTTLS where it is offered, unverified' },
  { value: 'none', label: 'None' },
]

export function Way({ form, label, isEditable }: SettingsParts<MailFields>) {
  const { encryption, servers } = form.values
  return (
    <FormPart title="Servers">
      <Select
        label={label('Encryption', 'encryption')}
        maw={420}
        allowDeselect={false}
        data={encryptions}
        value={encryption}
        onChange={(chosen) => {
          const to = chosen as MailEncryption
          form.setFieldValue('encryption', to)
          for (const [index, { port }] of servers.entries())
            form.setFieldValue(`servers.${index}.port`, mailPortAfter(port, to))
        }}
      />
      {encryption === 'none' && (
        <Notice
          about="failed"
          says="Mails travel readable inside your network."
          fix="So does the password, where one is sent. Choose STARTTLS or TLS."
        />
      )}
      {encryption === 'opportunistic' && (
        <Notice
          about="warning"
          says="Whoever sits on the way can read the mails."
          fix="No certificate is verified, so no password is sent either. Prefer verified STARTTLS."
        />
      )}
      <ServerList
        form={form as FormOfServers}
        label={label('Servers', 'servers')}
        says="Tried in this order; one that cannot be reached is passed by for a while."
        example="mail.example.com"
        ports={mailPorts(encryption)}
        another={mailServer(encryption)}
      />
      {encryption !== 'none' && (
        <>
          <AuthorityField
            label={label('Authorities to believe (PEM)', 'trust')}
            description="Who signs the certificate of the mail server. Empty: those the connector’s host believes."
            value={form.values.trust}
            onChange={(pem) => form.setFieldValue('trust', pem)}
            error={form.errors['trust']}
            isEditable={isEditable}
          />
          <TextInput
            label={label('Pinned certificate (SHA-256)', 'certificatePin')}
            description="Then only this certificate is believed, whoever signed it."
            placeholder="none: authorities decide"
            spellCheck={false}
            classNames={{ input: 'mono' }}
            {...form.getInputProps('certificatePin')}
          />
        </>
      )}
    </FormPart>
  )
}
