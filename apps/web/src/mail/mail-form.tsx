/**
 * The settings of mail: the servers, how we sign in there, who the mails are from, and what is rarely needed.
 *
 * @module
 */
import { NumberInput, Select, Stack, TextInput } from '@mantine/core'
import type { Service } from '../api/service-shapes.ts'
import { AuthorityField } from '../parts/authority-field.tsx'
import { FormPart } from '../parts/form-part.tsx'
import { Notice } from '../parts/notice.tsx'
import { ServerList, type FormOfServers } from '../services/server-list.tsx'
import { ServiceForm } from '../services/service-form.tsx'
import { storedOf } from '../services/service-settings.ts'
import type { SettingsParts } from '../settings/settings-frame.tsx'
import {
  mailFieldsOf,
  mailPortAfter,
  mailPorts,
  mailServer,
  mailSettingsOf,
  mailTargets,
  type MailEncryption,
  type MailFields,
} from './mail-settings.ts'
import { MailSecretField } from './mail-secret-field.tsx'
import { SignInFields } from './sign-in-fields.tsx'

export function MailForm({ group, service }: { readonly group: string; readonly service: Service }) {
  return (
    <ServiceForm<MailFields>
      group={group}
      service={service}
      name="mail"
      fieldsOf={mailFieldsOf}
      settingsOf={mailSettingsOf}
      targets={mailTargets}
    >
      {(parts) => <Fields {...parts} />}
    </ServiceForm>
  )
}

function Fields(parts: SettingsParts<MailFields>) {
  const { form, label, page } = parts
  const { dkimDomain, maxMessageBytes, finalDotTimeoutMs } = form.values
  return (
    <Stack gap="xl">
      <Way {...parts} />
      <SignInFields {...parts} />
      <FormPart title="Sender">
        <div className="fields-row">
          <TextInput
            label={label('Mail address', 'from')}
            type="email"
            required
            withAsterisk={false}
            placeholder="sallygate@example.com"
            {...form.getInputProps('from')}
          />
          <TextInput
            label={label('Name', 'fromName')}
            placeholder="Sallygate"
            maxLength={200}
            {...form.getInputProps('fromName')}
          />
        </div>
        <TextInput
          label={label('Answers go to', 'replyTo')}
          description="Empty: to the sender."
          type="email"
          {...form.getInputProps('replyTo')}
        />
      </FormPart>
      <div>
        <FormPart
          title="Signature (DKIM)"
          folded={dkimDomain === '' ? 'none here: the mail server signs, as a rule' : `of ${dkimDomain}`}
        >
          <div className="fields-row">
            <TextInput label={label('Domain', 'dkimDomain')} spellCheck={false} {...form.getInputProps('dkimDomain')} />
            <TextInput
              label={label('Selector', 'dkimSelector')}
              spellCheck={false}
              {...form.getInputProps('dkimSelector')}
            />
          </div>
          <MailSecretField
            {...parts}
            stored={storedOf(page)}
            name="dkimPrivateKey"
            title="Private key (PEM)"
            isLong
            isNeeded={false}
          />
        </FormPart>
        <FormPart
          title="Sizes and time-outs"
          folded={`${megabytes(maxMessageBytes)} MB at most; ${Number(finalDotTimeoutMs) / 1000} s for the last answer`}
        >
          <Limits {...parts} />
        </FormPart>
      </div>
    </Stack>
  )
}

const megabytes = (bytes: number | string) => Number((Number(bytes) / 1_048_576).toFixed(2))

const encryptions: readonly { readonly value: MailEncryption; readonly label: string }[] = [
  { value: 'required', label: 'STARTTLS, verified, or nothing is sent' },
  { value: 'implicit', label: 'TLS from the first byte (port 465)' },
  { value: 'opportunistic', label: 'STARTTLS where it is offered, unverified' },
  { value: 'none', label: 'None' },
]

function Way({ form, label, isEditable }: SettingsParts<MailFields>) {
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

function Limits({ form, label }: SettingsParts<MailFields>) {
  const seconds = (name: 'connectTimeoutMs' | 'commandTimeoutMs' | 'finalDotTimeoutMs', title: string, max: number) => (
    <NumberInput
      label={label(title, name)}
      min={1}
      max={max}
      allowDecimal={false}
      value={form.values[name] === '' ? '' : Number(form.values[name]) / 1000}
      onChange={(value) => form.setFieldValue(name, value === '' ? '' : Number(value) * 1000)}
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
