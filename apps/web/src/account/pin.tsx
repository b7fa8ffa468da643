/**
 * The security PIN: asked for by what cannot be undone, so that an open browser is not enough.
 *
 * @module
 */
import { Button, Group as Row, PasswordInput, Stack } from '@mantine/core'
import { notifications } from '@mantine/notifications'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { ask, path } from '../api/client.ts'
import { FailureNotice } from '../parts/notice.tsx'
import { Section } from '../parts/section.tsx'
import { StandingWord } from '../parts/standing-word.tsx'

const leastPin = 4

export function Pin({ isSet }: { readonly isSet: boolean }) {
  const [password, setPassword] = useState('')
  const [pin, setPin] = useState('')
  const queryClient = useQueryClient()
  const save = useMutation({
    mutationFn: (next: string | null) => ask('PUT', path`/api/session/pin`, { body: { password, pin: next } }),
    onSuccess: async (_, next) => {
      setPassword('')
      setPin('')
      notifications.show({ message: next === null ? 'The PIN is gone.' : 'The PIN is set.' })
      await queryClient.invalidateQueries({ queryKey: ['session'] })
    },
  })
  const isShort = pin !== '' && pin.length < leastPin
  return (
    <Section
      title="Security PIN"
      says="Asked for when you revoke, delete or regenerate: whoever finds your browser open cannot do that."
      actions={<StandingWord standing={isSet ? 'ok' : 'off'}>{isSet ? 'set' : 'none'}</StandingWord>}
    >
      <form
        onSubmit={(event) => {
          event.preventDefault()
          save.mutate(pin)
        }}
      >
        <Stack gap="md" maw={380}>
          <PasswordInput
            label={isSet ? 'New PIN' : 'PIN'}
            description={`At least ${leastPin} characters; digits and letters.`}
            autoComplete="off"
            error={isShort ? `Use at least ${leastPin} characters.` : null}
            visibilityToggleButtonProps={{ 'aria-label': 'Show the PIN' }}
            value={pin}
            onChange={(event) => setPin(event.currentTarget.value)}
          />
          <PasswordInput
            label="Your password"
            autoComplete="current-password"
            visibilityToggleButtonProps={{ 'aria-label': 'Show your password' }}
            value={password}
            onChange={(event) => setPassword(event.currentTarget.value)}
          />
          {save.isError && <FailureNotice error={save.error} />}
          <Row gap="sm">
            <Button
              type="submit"
              variant="default"
              loading={save.isPending && save.variables !== null}
              disabled={pin.length < leastPin || password === ''}
            >
              {isSet ? 'Change the PIN' : 'Set the PIN'}
            </Button>
            {isSet && (
              <Button
                variant="outline"
                className="is-grave"
                loading={save.isPending && save.variables === null}
                disabled={password === ''}
                onClick={() => save.mutate(null)}
              >
                Take the PIN away
              </Button>
            )}
          </Row>
        </Stack>
      </form>
    </Section>
  )
}
