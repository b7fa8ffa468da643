/**
 * Which servers: named by hand, found in DNS, or both.
 *
 * @module
 */
import { Switch } from '@mantine/core'
import { FormPart } from '../parts/form-part.tsx'
import { ChoiceField } from '../services/choice-field.tsx'
import { ServerList } from '../services/server-list.tsx'
import { type FormOfServers } from '../services/server-row.tsx'
import { portAfter, portsOf, usualPort, type Encryption } from './directory-fields.ts'
import type { DirectoryParts } from './directory-form.tsx'
import { DiscoveryFields } from './discovery-fields.tsx'

export function ServerFields(parts: DirectoryParts) {
  const { form, label } = parts
  const { encryption, isDiscovered } = form.values
  return (
    <FormPart
      title="Servers"
      says="The first that answers is used; a better one that is back is taken again within half a minute."
    >
      <ChoiceField
        title={label('Encryption', 'encryption')}
        choices={[
          { value: 'ldaps', label: 'LDAPS' },
          { value: 'startTls', label: 'StartTLS' },
          { value: 'none', label: 'None' },
        ]}
        value={encryption}
        onChange={(chosen) => changeEncryption(form, chosen)}
      />
      <ServerList
        form={form as FormOfServers}
        label={label('Servers by hand', 'servers')}
        says="In order of preference, as the connector reaches them."
        example="dc1.example.com"
        ports={portsOf(encryption)}
        another={{ host: '', port: usualPort(encryption), certificateName: '', isBackup: false }}
        isOptional={isDiscovered}
      />
      <Switch
        label="Find servers in DNS"
        description="By the SRV records of a domain; those named by hand come first."
        {...form.getInputProps('isDiscovered', { type: 'checkbox' })}
      />
      {isDiscovered && <DiscoveryFields {...parts} />}
    </FormPart>
  )
}

function changeEncryption(form: DirectoryParts['form'], encryption: Encryption): void {
  const before = form.values.encryption
  form.setFieldValue('encryption', encryption)
  for (const [index, { port }] of form.values.servers.entries()) {
    form.setFieldValue(`servers.${index}.port`, portAfter(port, before, encryption))
  }
}
