/**
 * Whose certificate is believed: of authorities, or one that is pinned.
 *
 * @module
 */
import { FileButton, Button, TagsInput, Textarea } from '@mantine/core'
import { IconUpload } from '@tabler/icons-react'
import { useState } from 'react'
import { FormPart } from '../parts/form-part.tsx'
import { Notice } from '../parts/notice.tsx'
import { readPem } from '../parts/pem.ts'
import type { DirectoryParts } from './directory-form.tsx'

export function TrustFields({ form, label, isEditable }: DirectoryParts) {
  const [refused, setRefused] = useState<string>()
  const { encryption } = form.values
  if (encryption === 'none') {
    return (
      <Notice
        about="failed"
        says="Passwords travel readable inside your network."
        fix="Everybody on the way between connector and directory can read the bind password, and those of people who sign in. Choose LDAPS or StartTLS."
      />
    )
  }
  const take = async (file: File | null) => {
    if (file === null) return
    const { pem, refusal } = await readPem(file)
    setRefused(refusal)
    if (pem !== undefined) form.setFieldValue('trust', [form.values.trust.trim(), pem].filter(Boolean).join('\n'))
  }
  return (
    <FormPart title="Certificate" says="The certificate of the server is always verified.">
      <Textarea
        label={label('Authorities to believe (PEM)', 'trust')}
        description="Who signs the certificate of the directory. Empty: those the connector’s host believes."
        autosize
        minRows={2}
        maxRows={8}
        maxLength={65_536}
        spellCheck={false}
        classNames={{ input: 'mono' }}
        {...form.getInputProps('trust')}
      />
      {isEditable && (
        <FileButton accept=".pem,.crt,.cer,.der" onChange={(file) => void take(file)}>
          {(props) => (
            <Button
              {...props}
              variant="light"
              size="compact-sm"
              className="start"
              leftSection={<IconUpload size={16} aria-hidden />}
            >
              Add a certificate from a file
            </Button>
          )}
        </FileButton>
      )}
      {refused !== undefined && (
        <Notice about="failed" says={refused} fix="Choose the certificate of the authority, as PEM or DER." />
      )}
      <TagsInput
        label={label('Pinned certificates (SHA-256)', 'certificatePins')}
        description="Then exactly these are believed, whoever signed them. Enter a thumbprint, press Enter."
        placeholder={form.values.certificatePins.length === 0 ? 'none: authorities decide' : ''}
        maxTags={16}
        classNames={{ pill: 'mono' }}
        {...form.getInputProps('certificatePins')}
        onChange={(pins) => form.setFieldValue('certificatePins', pins.map(bare))}
      />
    </FormPart>
  )
}

const bare = (thumbprint: string) => thumbprint.replaceAll(/[:\s]/g, '').toLowerCase()
