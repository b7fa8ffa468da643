/**
 * How the connector signs in at the mail server.
 *
 * @module
 */
import { Select, TextInput } from '@mantine/core'
import { AuthorityField } from '../parts/authority-field.tsx'
import { FormPart } from '../parts/form-part.tsx'
import { storedOf } from '../services/service-settings.ts'
import type { SettingsParts } from '../settings/settings-frame.tsx'
import { MailSecretField } from './mail-secret-field.tsx'
import type { MailFields } from './mail-settings.ts'

export function SignInFields(parts: SettingsParts<MailFields>) {
  const { form, label, page, isEditable } = parts
  const { authentication } = form.values
  const stored = storedOf(page)
  return (
    <FormPart title="Sign-in">
      <Select
        label={label('How', 'authentication')}
        maw={420}
        allowDeselect={false}
        data={[
          { value: 'none', label: 'Not at all (known by address)' },
          { value: 'plain', label: 'Password (AUTH PLAIN)' },
          { value: 'login', label: 'Password (AUTH LOGIN)' },
          { value: 'cramMd5', label: 'Password (CRAM-MD5)' },
          { value: 'xoauth2', label: 'OAuth 2.0 (XOAUTH2)' },
        ]}
        {...form.getInputProps('authentication')}
      />
      {authentication !== 'none' && (
        <TextInput
          label={label('User', 'user')}
          required
          withAsterisk={false}
          autoComplete="off"
          spellCheck={false}
          maxLength={512}
          {...form.getInputProps('user')}
        />
      )}
      {authentication !== 'none' && authentication !== 'xoauth2' && (
        <MailSecretField {...parts} stored={stored} name="password" title="Password" isNeeded />
      )}
      {authentication === 'xoauth2' && (
        <>
          <TextInput
            label={label('Token endpoint', 'tokenEndpoint')}
            description="Where the connector fetches a token with the client’s credentials."
            placeholder="https://login.example.com/oauth2/token"
            type="url"
            required
            withAsterisk={false}
            {...form.getInputProps('tokenEndpoint')}
          />
          <div className="fields-row">
            <TextInput
              label={label('Client', 'clientId')}
              required
              withAsterisk={false}
              autoComplete="off"
              {...form.getInputProps('clientId')}
            />
            <TextInput label={label('Scope', 'tokenScope')} {...form.getInputProps('tokenScope')} />
          </div>
          <MailSecretField {...parts} stored={stored} name="clientSecret" title="Client secret" isNeeded />
          <AuthorityField
            label={label('Authorities of the token endpoint (PEM)', 'tokenTrust')}
            description="Empty: those the connector’s host believes."
            value={form.values.tokenTrust}
            onChange={(pem) => form.setFieldValue('tokenTrust', pem)}
            error={form.errors['tokenTrust']}
            isEditable={isEditable}
          />
        </>
      )}
    </FormPart>
  )
}
