/**
 * The second factor: a code from an authenticator app, at every sign-in.
 *
 * @module
 */
import { Button, PasswordInput, Stack, TextInput } from '@mantine/core'
import { notifications } from '@mantine/notifications'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { ask, path } from '../api/client.ts'
import { FailureNotice, Notice } from '../parts/notice.tsx'
import { Section } from '../parts/section.tsx'
import { StandingWord } from '../parts/standing-word.tsx'
import { type Begun, Begin, Confirm } from './factor-begin.tsx'

export function Factor({ isOn }: { readonly isOn: boolean }) {
  const [begun, setBegun] = useState<Begun>()
  return (
    <Section
      title="Second factor"
      says="With it, a stolen password is not enough: signing in also asks for a code from an authenticator app."
      actions={<StandingWord standing={isOn ? 'ok' : 'off'}>{isOn ? 'on' : 'off'}</StandingWord>}
    >
      {begun !== undefined ? (
        <Confirm begun={begun} onCancel={() => setBegun(undefined)} />
      ) : isOn ? (
        <Remove />
      ) : (
        <Begin onBegun={setBegun} />
      )}
    </Section>
  )
}

function Remove() {
  const [password, setPassword] = useState('')
  const [code, setCode] = useState('')
  const queryClient = useQueryClient()
  const remove = useMutation({
    mutationFn: () => ask('POST', path`/api/session/totp/remove`, { body: { password, code: code.trim() } }),
    onSuccess: async () => {
      notifications.show({ message: 'The second factor is off.' })
      await queryClient.invalidateQueries({ queryKey: ['session'] })
    },
  })
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault()
        remove.mutate()
      }}
    >
      <Stack gap="md" maw={420}>
        <Notice about="ok" says="On. Signing in asks for a code." fix="A new phone? Turn it off here, then on again." />
        <PasswordInput
          label="Your password"
          autoComplete="current-password"
          required
          withAsterisk={false}
          visibilityToggleButtonProps={{ 'aria-label': 'Show your password' }}
          value={password}
          onChange={(event) => setPassword(event.currentTarget.value)}
        />
        <TextInput
          label="Code from the app, or a recovery code"
          autoComplete="one-time-code"
          maxLength={64}
          required
          withAsterisk={false}
          value={code}
          onChange={(event) => setCode(event.currentTarget.value)}
        />
        {remove.isError && <FailureNotice error={remove.error} />}
        <Button type="submit" className="start is-grave" variant="outline" loading={remove.isPending}>
          Turn the second factor off
        </Button>
      </Stack>
    </form>
  )
}
