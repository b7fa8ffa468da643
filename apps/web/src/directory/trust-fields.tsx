/**
 * Whose certificate is believed: of authorities, or one that is pinned.
 *
 * @module
 */
import { TagsInput } from '@mantine/core'
import { AuthorityField } from '../parts/authority-field.tsx'
import { FormPart } from '../parts/form-part.tsx'
import { Notice } from '../parts/notice.tsx'
import type { DirectoryParts } from './directory-form.tsx'

export function TrustFields({ form, label, isEditable }: DirectoryParts) {
  const { encryption, certificatePins, trust } = form.values
  if (encryption === 'none') {
    return (
      <Notice
        about="failed"
        says="Passwords travel readable inside your network."
        fix="Everybody on the way between connector and directory can read the bind password, and those of people who sign in. Choose LDAPS or StartTLS."
      />
    )
  }
  return (
    <FormPart title="Certificate" says="The certificate of the server is always verified.">
      <AuthorityField
        label={label('Authorities to believe (PEM)', 'trust')}
        description="Who signs the certificate of the directory. Empty: those the connector’s host believes."
        value={trust}
        onChange={(pem) => form.setFieldValue('trust', pem)}
        error={form.errors['trust']}
        isEditable={isEditable}
      />
      <TagsInput
        label={label('Pinned certificates (SHA-256)', 'certificatePins')}
        description="Then exactly these are believed, whoever signed them. Enter a thumbprint, press Enter."
        placeholder={certificatePins.length === 0 ? 'none: authorities decide' : ''}
        maxTags={16}
        classNames={{ pill: 'mono' }}
        value={[...certificatePins]}
        onChange={(pins) => form.setFieldValue('certificatePins', pins.map(bare))}
        error={form.errors['certificatePins']}
      />
    </FormPart>
  )
}

const bare = (thumbprint: string) => thumbprint.replaceAll(/[:\s]/g, '').toLowerCase()
