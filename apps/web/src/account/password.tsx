/**
 * Changing the own password.
 *
 * @module
 */
import { useForm } from '@mantine/form'
import { ask, path } from '../api/client.ts'
import { useChange } from '../parts/change.ts'
import { newPasswordSays, passwordFault } from '../parts/new-password.ts'
import { PasswordField } from '../parts/password-field.tsx'
import { Section } from '../parts/section.tsx'
import { PageForm } from '../parts/submit-form.tsx'

export function Password() {
  const form = useForm({
    initialValues: { current: '', password: '', again: '' },
    validate: {
      password: passwordFault,
      again: (value, { password }) => (value === password ? null : 'This is not the same.'),
    },
  })
  const change = useChange(
    ({ current, password }: typeof form.values) =>
      ask('POST', path`/api/session/password`, { body: { current, password } }),
    {
      first: () => form.reset(),
      says: 'Your password is changed. Your other sessions have ended.',
      renews: [['own sessions']],
    },
  )
  return (
    <Section title="Password" says="Changing it ends all your other sessions.">
      <PageForm
        of={change}
        onSubmit={form.onSubmit((values) => change.mutate(values))}
        doIt="Change the password"
        look="quiet"
        width={380}
      >
        <PasswordField
          label="Current password"
          autoComplete="current-password"
          required
          shows="the current password"
          {...form.getInputProps('current')}
        />
        <PasswordField
          label="New password"
          description={newPasswordSays}
          autoComplete="new-password"
          required
          shows="the new password"
          {...form.getInputProps('password')}
        />
        <PasswordField
          label="The same again"
          autoComplete="new-password"
          required
          shows="the repeated password"
          {...form.getInputProps('again')}
        />
      </PageForm>
    </Section>
  )
}
