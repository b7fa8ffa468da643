/**
 * Signing in on a line, with a token where the settings say so.
 *
 * @module
 */
import type { OperationContext } from '@sallygate/service-kit'
import { mailFailure } from '../contract.ts'
import { authenticate } from './authenticate.ts'
import type { Dialed, Dialer } from './line.ts'

/** @throws MAIL_AUTH_*, MAIL_TOKEN_*, MAIL_SERVER_BUSY. */
export async function signIn({ plan, tokens }: Dialer, dialed: Dialed, context: OperationContext): Promise<void> {
  const { authentication, settings } = plan
  if (authentication.kind === 'none') return
  const { label, extensions, tls, command } = dialed
  await context.trace.span('auth', async (note) => {
    note({ how: authentication.kind })
    let token: string | undefined
    const login = {
      authentication,
      encryption: settings.encryption,
      offered: extensions.auth,
      isVerified: tls?.isVerified === true,
      label,
      token: async () => {
        token = (await tokens?.current(context)) ?? ''
        return token
      },
    }
    const kept = tokens?.kept
    const attempt = () =>
      authenticate({ command }, login).catch((error: unknown) => {
        if (token !== undefined) tokens?.forget(token)
        throw error
      })
    await attempt().catch((error: unknown) => {
      const isRefused = mailFailure.is(error) && error.code === 'MAIL_AUTH_REFUSED'
      // It may have been withdrawn before its end. One that was fetched just now says the same once more.
      if (!isRefused || kept === undefined || token !== kept) throw error
      note({ fetchedAnew: true })
      return attempt()
    })
  })
}
