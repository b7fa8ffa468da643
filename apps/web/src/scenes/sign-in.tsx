/**
 * Sign in.
 *
 * @module
 */
import { Button, Stack, TextInput } from '@mantine/core'
import { useForm } from '@mantine/form'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { getRouteApi, useRouter } from '@tanstack/react-router'
import { Redirect } from '../parts/redirect.tsx'
import { ask, path } from '../api/client.ts'
import { problemOf } from '../api/problem.ts'
import { sessionQuery, setupQuery } from '../api/queries.ts'
import { FailureNotice, Notice } from '../parts/notice.tsx'
import { PasswordField } from '../parts/password-field.tsx'
import { Door } from './door.tsx'

const route = getRouteApi('/sign-in')

interface SignIn {
  readonly user: string
  readonly password: string
  readonly totp: string
}

/** What the console answers when the password was right and the account has a second factor. */
const needsTotp = (error: unknown) => /TOTP/.test(problemOf(error).code)

export function SignInScene() {
  const { to } = route.useSearch()
  const session = useQuery(sessionQuery)
  const setup = useQuery(setupQuery)
  const router = useRouter()
  const queryClient = useQueryClient()
  const form = useForm<SignIn>({ initialValues: { user: '', password: '', totp: '' } })
  const signIn = useMutation({
    mutationFn: ({ user, password, totp }: SignIn) =>
      ask('POST', path`/api/session`, { body: { user, password, ...(totp === '' ? {} : { totp }) } }),
    onSuccess: async () => {
      await queryClient.invalidateQueries({ queryKey: ['session'] })
      router.history.replace(to ?? '/')
    },
  })
  if (setup.data?.isNeeded === true) return <Redirect to="/first-run" />
  if (session.data !== null && session.data !== undefined && !signIn.isPending && !signIn.isSuccess) {
    return <Redirect to="/" />
  }
  const asksTotp = needsTotp(signIn.error)
  const isRefused = problemOf(signIn.error).code === 'CONSOLE_UNAUTHENTICATED'
  return (
    <Door title="Sign in" width={400}>
      <form onSubmit={form.onSubmit((values) => signIn.mutate(values))}>
        <Stack gap="md">
          <TextInput label="User" autoComplete="username" autoFocus required {...form.getInputProps('user')} />
          <PasswordField
            label="Password"
            autoComplete="current-password"
            required
            {...form.getInputProps('password')}
          />
          <TextInput
            label="Code from your authenticator app"
            description="Only if your account has one."
            autoComplete="one-time-code"
            inputMode="numeric"
            maxLength={8}
            {...form.getInputProps('totp')}
          />
          {asksTotp && <Notice about="warning" says={problemOf(signIn.error).says} fix={problemOf(signIn.error).fix} />}
          {isRefused && (
            // One answer, whatever was wrong: it tells nobody which names there are.
            <Notice
              about="failed"
              says="This user and password do not let you in."
              fix="Check both; small and capital letters differ. Another administrator sees whether the account is disabled or has ended, and can reset it."
            />
          )}
          {signIn.isError && !asksTotp && !isRefused && <FailureNotice error={signIn.error} />}
          <Button type="submit" loading={signIn.isPending} fullWidth size="md">
            Sign in
          </Button>
        </Stack>
      </form>
    </Door>
  )
}
