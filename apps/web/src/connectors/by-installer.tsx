/**
 * A connector invited by an installer to download.
 *
 * @module
 */
import { Button, Group, Stack, Text } from '@mantine/core'
import { useState } from 'react'
import { ask, path } from '../api/client.ts'
import type { Installer } from '../api/shapes.ts'
import { useChange } from '../parts/change.ts'
import { CopyLine } from '../parts/copy-line.tsx'
import { PasswordField } from '../parts/password-field.tsx'
import { PageForm } from '../parts/submit-form.tsx'
import { saveFile } from '../parts/save-file.ts'
import { WholeNumber } from '../parts/whole-number.tsx'
import { moment } from '../text/time.ts'

export function ByInstaller({ group, onMade }: { readonly group: string; readonly onMade: () => void }) {
  const [uses, setUses] = useState<number | string>(1)
  const [days, setDays] = useState<number | string>(7)
  const [password, setPassword] = useState('')
  const make = useChange(
    () =>
      ask<Installer>('POST', path`/api/groups/${group}/installer`, {
        body: { uses: Number(uses), days: Number(days), ...(password === '' ? {} : { certificatePassword: password }) },
      }),
    { first: onMade },
  )
  if (make.data === undefined) {
    return (
      <PageForm of={make} onSubmit={() => make.mutate()} doIt="Make an installer">
        <Group grow align="flex-start">
          <WholeNumber label="Servers" min={1} max={100} value={uses} onChange={setUses} />
          <WholeNumber label="Valid for (days)" min={1} max={30} value={days} onChange={setDays} />
        </Group>
        <PasswordField
          label="Certificate password"
          description="At least 14 characters. Empty: one is made and shown once."
          autoComplete="new-password"
          shows="the certificate password"
          value={password}
          onChange={(event) => setPassword(event.currentTarget.value)}
        />
      </PageForm>
    )
  }
  const { fileName, installer, certificatePassword, expiresAt } = make.data
  return (
    <Stack gap="md">
      <Button variant="light" className="start" onClick={() => saveFile(fileName, installer)}>
        Download the installer
      </Button>
      {certificatePassword !== undefined && (
        <CopyLine title="Certificate password: send it by another way than the file" value={certificatePassword} />
      )}
      <CopyLine
        title="On the server, run this; it asks for the password"
        value={`sallygate connector enroll --installer ${fileName}`}
      />
      <CopyLine title="Then start it" value="sallygate connector run" />
      <Text size="sm" c="dimmed">
        The file works until {moment(expiresAt)}. The password is not shown again.
      </Text>
    </Stack>
  )
}
