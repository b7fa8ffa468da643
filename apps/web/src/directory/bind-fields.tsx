/**
 * Who the connector is to the directory.
 *
 * @module
 */
import { PasswordInput, TextInput } from '@mantine/core'
import { FormPart } from '../parts/form-part.tsx'
import { ChoiceField } from '../services/choice-field.tsx'
import type { Bind } from './directory-fields.ts'
import type { DirectoryParts } from './directory-form.tsx'

export interface BindFieldsProps extends DirectoryParts {
  readonly isStored: boolean
  readonly mustRepeat: boolean
}

const says: Readonly<Record<Bind, string>> = {
  simple: 'A DN, user@domain or DOMAIN\\user that may read, and its password.',
  kerberos:
    'By the keytab on the connector host, without a password here. The host needs the optional Kerberos module.',
  anonymous: 'Nobody in particular. Most directories then show little, and none shows accounts that are disabled.',
}

export function BindFields({ form, label, isStored, mustRepeat }: BindFieldsProps) {
  const { bind, bindDn } = form.values
  return (
    <FormPart title="Bind">
      <ChoiceField
        title={label('The connector is known by', 'bind')}
        says={says[bind]}
        choices={[
          { value: 'simple', label: 'Password' },
          { value: 'kerberos', label: 'Kerberos' },
          { value: 'anonymous', label: 'Anonymous' },
        ]}
        value={bind}
        onChange={(chosen) => form.setFieldValue('bind', chosen)}
      />
      {bind !== 'anonymous' && (
        <TextInput
          label={label(bind === 'kerberos' ? 'Principal' : 'Bind account', 'bindDn')}
          description={bind === 'kerberos' ? 'Empty: the first of the keytab.' : undefined}
          placeholder={
            bind === 'kerberos' ? 'svc-sallygate@CORP.EXAMPLE.COM' : 'cn=reader,ou=services,dc=example,dc=com'
          }
          required={bind === 'simple'}
          withAsterisk={false}
          autoComplete="off"
          spellCheck={false}
          {...form.getInputProps('bindDn')}
        />
      )}
      {bind === 'simple' && (
        <PasswordInput
          label={label('Bind password', 'bindPassword')}
          description={
            mustRepeat
              ? 'Enter it again: the stored one does not go along.'
              : isStored
                ? 'One is stored and used. It cannot be shown; type to replace it.'
                : 'It is stored sealed, and never shown again.'
          }
          placeholder={isStored && !mustRepeat ? 'stored' : ''}
          autoComplete="new-password"
          required={(mustRepeat || !isStored) && bindDn !== ''}
          withAsterisk={false}
          visibilityToggleButtonProps={{ 'aria-label': 'Show the bind password' }}
          {...form.getInputProps('bindPassword')}
        />
      )}
    </FormPart>
  )
}
