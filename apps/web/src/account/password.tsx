/**
 * Changing the own password.
 *
 * @module
 */
import { Button, PasswordInput, Stack } from '@mantine/core'
import { useForm } from '@mantine/form'
import { notifications } from '@mantine/notifications'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { ask, path } from '../api/client.ts'
import { FailureNotice } from '../parts/notice.tsx'
import { Section } from '../parts/section.tsx'

const leastPassword = 12

export function Password() {
  const queryClient = useQueryClient()
  const form = useForm({
    initialValues: { current: '', password: '', again: '' },
    validate: {
      password: (value) => (value.length < leastPassword ? `Use at least ${leastPassword} characters.` : null),
      again: (value, { password }) => (value === password ? null : 'This is not the same.'),
    },
  })
  const change = useMutation({
    mutationFn: ({ current, password }: typeof form.values) =>
      ask('POST', path`/api/session/password`, { body: { current, password } }),
    onSuccess: async () => {
      form.reset()
      notifications.show({ message: 'Your password is changed. Your other sessions have ended.' })
      await queryClient.invalidateQueries({ queryKey: ['own sessions'] })
    },
  })
  return (
    <Section title="Password" says="Changing it ends all your other sessions.">
      <form onSubmit={form.onSubmit((values) => change.mutate(values))}>
        <Stack gap="md" maw={380}>
          <PasswordInput
            label="Current password"
            autoComplete="current-password"
            required
            withAsterisk={false}
            visibilityToggleButtonProps={{ 'aria-label': 'Show the current password' }}
            {...form.getInputProps('current')}
          />
          <PasswordInput
            label="New password"
            description={`At least ${leastPassword} characters.`}
            autoComplete="new-password"
            required
            withAsterisk={false}
            visibilityToggleButtonProps={{ 'aria-label': 'Show the new password' }}
            {...form.getInputProps('password')}
          />
          <PasswordInput
            label="The same again"
            autoComplete="new-password"
            required
            withAsterisk={false}
            visibilityToggleButtonProps={{ 'aria-label': 'Show the repeated password' }}
            {...form.getInputProps('again')}
          />
          {change.isError && <FailureNotice error={change.error} />}
          <Button type="submit" className="start" variant="default" loading={change.isPending}>
            Change the password
          </Button>
        </Stack>
      </form>
    </Section>
  )
}
