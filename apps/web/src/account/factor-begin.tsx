/**
 * A second factor that begins: its key is shown, and one code proves that it is kept.
 *
 * @module
 */
import { Button, Group as Row, PasswordInput, Stack, Text, TextInput } from '@mantine/core'
import { notifications } from '@mantine/notifications'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { ask, path } from '../api/client.ts'
import { CopyLine } from '../parts/copy-line.tsx'
import { FailureNotice } from '../parts/notice.tsx'
import { saveFile } from '../parts/save-file.ts'
import { QrCode } from './qr-code.tsx'

export interface Begun {
  readonly secret: string
  readonly uri: string
  readonly recoveryCodes: readonly string[]
}

export function Begin({ onBegun }: { readonly onBegun: (begun: Begun) => void }) {
  const [password, setPassword] = useState('')
  const begin = useMutation({
    mutationFn: () => ask<Begun>('POST', path`/api/session/totp`, { body: { password } }),
    onSuccess: onBegun,
  })
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault()
        begin.mutate()
      }}
    >
      <Stack gap="md" maw={380}>
        <PasswordInput
          label="Your password"
          autoComplete="current-password"
          required
          withAsterisk={false}
          visibilityToggleButtonProps={{ 'aria-label': 'Show your password' }}
          value={password}
          onChange={(event) => setPassword(event.currentTarget.value)}
        />
        {begin.isError && <FailureNotice error={begin.error} />}
        <Button type="submit" className="start" variant="default" loading={begin.isPending}>
          Set up a second factor
        </Button>
      </Stack>
    </form>
  )
}

export function Confirm({ begun, onCancel }: { readonly begun: Begun; readonly onCancel: () => void }) {
  const [code, setCode] = useState('')
  const queryClient = useQueryClient()
  const confirm = useMutation({
    mutationFn: () => ask('POST', path`/api/session/totp/confirm`, { body: { code: code.trim() } }),
    onSuccess: async () => {
      notifications.show({ message: 'The second factor is on. The next sign-in asks for it.' })
      await queryClient.invalidateQueries({ queryKey: ['session'] })
    },
  })
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault()
        confirm.mutate()
      }}
    >
      <Stack gap="md">
        <Text size="sm">1. Scan this with your authenticator app, or type the key into it.</Text>
        <div className="qr-and-key">
          <QrCode text={begun.uri} label="The key as a QR code, for an authenticator app" />
          <CopyLine title="Key" value={begun.secret} />
        </div>
        <Text size="sm">2. Keep these recovery codes where you find them without your phone. Each works once.</Text>
        <div>
          <CopyLine title="Recovery codes, shown this once" value={begun.recoveryCodes.join('\n')}>
            <span className="codes">
              {begun.recoveryCodes.map((one) => (
                <span key={one}>{one}</span>
              ))}
            </span>
          </CopyLine>
          <Button
            variant="subtle"
            size="compact-sm"
            mt={4}
            onClick={() => saveFile('sallygate-recovery-codes.txt', `${begun.recoveryCodes.join('\n')}\n`)}
          >
            Save them as a file
          </Button>
        </div>
        <Text size="sm">3. Enter the code that the app shows now.</Text>
        <Row align="flex-end" gap="sm">
          <TextInput
            label="Code"
            autoComplete="one-time-code"
            inputMode="numeric"
            maxLength={8}
            required
            withAsterisk={false}
            value={code}
            onChange={(event) => setCode(event.currentTarget.value)}
          />
          <Button type="submit" loading={confirm.isPending}>
            Turn it on
          </Button>
          <Button variant="default" onClick={onCancel}>
            Not now
          </Button>
        </Row>
        {confirm.isError && <FailureNotice error={confirm.error} />}
      </Stack>
    </form>
  )
}
