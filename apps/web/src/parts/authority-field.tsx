/**
 * Certificates to enter: pasted as PEM, or taken from a file.
 *
 * @module
 */
import { Button, FileButton, Stack, Textarea } from '@mantine/core'
import { IconUpload } from '@tabler/icons-react'
import { useState, type ReactNode } from 'react'
import { Notice } from './notice.tsx'
import { readPem } from './pem.ts'

export interface AuthorityFieldProps {
  readonly label: ReactNode
  readonly description: string
  readonly value: string
  readonly onChange: (pem: string) => void
  readonly error?: ReactNode
  readonly isEditable: boolean
}

export function AuthorityField({ value, onChange, isEditable, ...field }: AuthorityFieldProps) {
  const [refused, setRefused] = useState<string>()
  const take = async (file: File | null) => {
    if (file === null) return
    const { pem, refusal } = await readPem(file)
    setRefused(refusal)
    if (pem !== undefined) onChange([value.trim(), pem].filter((one) => one !== '').join('\n'))
  }
  return (
    <Stack gap={6}>
      <Textarea
        {...field}
        autosize
        minRows={2}
        maxRows={8}
        maxLength={65_536}
        spellCheck={false}
        classNames={{ input: 'mono' }}
        value={value}
        onChange={(event) => onChange(event.currentTarget.value)}
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
    </Stack>
  )
}
