/**
 * The first run: the first administrator, by the code that only whoever starts the console can read.
 *
 * @module
 */
import { Button, Stack, Text, TextInput } from '@mantine/core'
import { useForm } from '@mantine/form'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { Redirect } from '../parts/redirect.tsx'
import { ask, path } from '../api/client.ts'
import { groupsQuery, sessionQuery, setupQuery } from '../api/queries.ts'
import { FailureNotice } from '../parts/notice.tsx'
import { newPasswordSays, passwordFault } from '../parts/new-password.ts'
import { PasswordField } from '../parts/password-field.tsx'
import { Door } from './door.tsx'

interface FirstAdmin {
  readonly code: string
  readonly name: string
  readonly password: string
  readonly again: string
}

export function FirstRunScene() {
  const setup = useQuery(setupQuery)
  const queryClient = useQueryClient()
  const navigate = useNavigate()
  const form = useForm<FirstAdmin>({
    initialValues: { code: '', name: 'admin', password: '', again: '' },
    validate: {
      password: passwordFault,
      again: (value, { password }) => (value === password ? null : 'The two passwords differ.'),
    },
  })
  const make = useMutation({
    // It answers with a session: whoever made the account is signed in.
    mutationFn: ({ code, name, password }: FirstAdmin) =>
      ask('POST', path`/api/setup`, { body: { code: code.trim(), name, password } }),
    onSuccess: async () => {
      await queryClient.fetchQuery({ ...sessionQuery, staleTime: 0 })
      const [group] = await queryClient.fetchQuery(groupsQuery)
      if (group === undefined) await navigate({ to: '/groups' })
      else await navigate({ to: '/groups/$group/connect', params: { group: group.id }, replace: true })
    },
  })
  if (setup.data?.isNeeded === false && make.isIdle) return <Redirect to="/sign-in" />
  return (
    <Door title="Set up this console" width={440}>
      <form onSubmit={form.onSubmit((values) => make.mutate(values))}>
        <Stack gap="md">
          <Text size="sm">
            This console has no administrator yet. Its terminal shows a one-time code, and the file{' '}
            <code>setup-code</code> in its home directory holds it.
          </Text>
          <TextInput
            label="One-time code"
            autoComplete="off"
            spellCheck={false}
            autoFocus
            required
            {...form.getInputProps('code')}
          />
          <TextInput label="User name" autoComplete="username" required {...form.getInputProps('name')} />
          <PasswordField
            label="Password"
            description={`${newPasswordSays} A sentence is easy to remember.`}
            autoComplete="new-password"
            required
            {...form.getInputProps('password')}
          />
          <PasswordField
            label="The same password again"
            autoComplete="new-password"
            required
            shows="the repeated password"
            {...form.getInputProps('again')}
          />
          {make.isError && <FailureNotice error={make.error} />}
          <Button type="submit" loading={make.isPending} fullWidth size="md">
            Create the administrator
          </Button>
        </Stack>
      </form>
    </Door>
  )
}
