/**
 * The security PIN: asked for by what cannot be undone, so that an open browser is not enough.
 *
 * @module
 */
import { Button, Group as Row, Stack } from '@mantine/core'
import { useState } from 'react'
import { ask, path } from '../api/client.ts'
import { useChange } from '../parts/change.ts'
import { FailureNotice } from '../parts/notice.tsx'
import { PasswordField } from '../parts/password-field.tsx'
import { Section } from '../parts/section.tsx'
import { StandingWord } from '../parts/standing-word.tsx'
import { OwnPassword } from './own-password.tsx'

const leastPin = 4

export function Pin({ isSet }: { readonly isSet: boolean }) {
  const [password, setPassword] = useState('')
  const [pin, setPin] = useState('')
  const save = useChange(
    (next: string | null) => ask('PUT', path`/api/session/pin`, { body: { password, pin: next } }),
    {
      first: () => {
        setPassword('')
        setPin('')
      },
      says: (_, next) => (next === null ? 'The PIN is gone.' : 'The PIN is set.'),
      renews: [['session']],
    },
  )
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
          <PasswordField
            label={isSet ? 'New PIN' : 'PIN'}
            description={`At least ${leastPin} characters; digits and letters.`}
            autoComplete="off"
            error={isShort ? `Use at least ${leastPin} characters.` : null}
            shows="the PIN"
            value={pin}
            onChange={(event) => setPin(event.currentTarget.value)}
          />
          <OwnPassword value={password} onChange={setPassword} />
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
