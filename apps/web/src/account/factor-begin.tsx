/**
 * A second factor that begins: its key is shown, and one code proves that it is kept.
 *
 * @module
 */
import { Button, Group as Row, Stack, Text, TextInput } from '@mantine/core'
import { useState } from 'react'
import { ask, path } from '../api/client.ts'
import { useChange } from '../parts/change.ts'
import { CopyLine } from '../parts/copy-line.tsx'
import { FailureNotice } from '../parts/notice.tsx'
import { saveFile } from '../parts/save-file.ts'
import { PageForm } from '../parts/submit-form.tsx'
import { OwnPassword } from './own-password.tsx'
import { QrCode } from './qr-code.tsx'

export interface Begun {
  readonly secret: string
  readonly uri: string
  readonly recoveryCodes: readonly string[]
}

export function Begin({ onBegun }: { readonly onBegun: (begun: Begun) => void }) {
  const [password, setPassword] = useState('')
  const begin = useChange(() => ask<Begun>('POST', path`/api/session/totp`, { body: { password } }), { first: onBegun })
  return (
    <PageForm of={begin} onSubmit={() => begin.mutate()} doIt="Set up a second factor" look="quiet" width={380}>
      <OwnPassword value={password} onChange={setPassword} />
    </PageForm>
  )
}

export function Confirm({ begun, onCancel }: { readonly begun: Begun; readonly onCancel: () => void }) {
  const [code, setCode] = useState('')
  const confirm = useChange(() => ask('POST', path`/api/session/totp/confirm`, { body: { code: code.trim() } }), {
    says: 'The second factor is on. The next sign-in asks for it.',
    renews: [['session']],
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
