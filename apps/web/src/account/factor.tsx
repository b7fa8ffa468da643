/**
 * The second factor: a code from an authenticator app, at every sign-in.
 *
 * @module
 */
import { TextInput } from '@mantine/core'
import { useState } from 'react'
import { ask, path } from '../api/client.ts'
import { useChange } from '../parts/change.ts'
import { Notice } from '../parts/notice.tsx'
import { Section } from '../parts/section.tsx'
import { StandingWord } from '../parts/standing-word.tsx'
import { PageForm } from '../parts/submit-form.tsx'
import { type Begun, Begin, Confirm } from './factor-begin.tsx'
import { OwnPassword } from './own-password.tsx'

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
  const remove = useChange(
    () => ask('POST', path`/api/session/totp/remove`, { body: { password, code: code.trim() } }),
    { says: 'The second factor is off.', renews: [['session']] },
  )
  return (
    <PageForm of={remove} onSubmit={() => remove.mutate()} doIt="Turn the second factor off" look="grave">
      <Notice about="ok" says="On. Signing in asks for a code." fix="A new phone? Turn it off here, then on again." />
      <OwnPassword value={password} onChange={setPassword} />
      <TextInput
        label="Code from the app, or a recovery code"
        autoComplete="one-time-code"
        maxLength={64}
        required
        value={code}
        onChange={(event) => setCode(event.currentTarget.value)}
      />
    </PageForm>
  )
}
