/**
 * The settings of mail: the servers, how we sign in there, who the mails are from, and what is rarely needed.
 *
 * @module
 */
import { Stack, TextInput } from '@mantine/core'
import type { Service } from '../api/service-shapes.ts'
import { FormPart } from '../parts/form-part.tsx'
import { ServiceForm } from '../services/service-form.tsx'
import { storedOf } from '../services/service-settings.ts'
import type { SettingsParts } from '../settings/settings-frame.tsx'
import { mailFieldsOf, mailSettingsOf, mailTargets, type MailFields } from './mail-settings.ts'
import { MailSecretField } from './mail-secret-field.tsx'
import { SignInFields } from './sign-in-fields.tsx'
import { Way } from './way-fields.tsx'
import { Limits } from './limit-fields.tsx'

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
          folded={`${mebibytes(maxMessageBytes)} MiB at most; ${Number(finalDotTimeoutMs) / 1000} s for the last answer`}
        >
          <Limits {...parts} />
        </FormPart>
      </div>
    </Stack>
  )
}

const mebibytes = (bytes: number | string) => Number((Number(bytes) / 1_048_576).toFixed(2))
