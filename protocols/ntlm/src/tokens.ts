/**
 * The two messages of a login as tokens, for whoever carries them: first without a challenge, then with it.
 *
 * @module
 */
import { accountOf, NtlmClient } from './client.ts'

export interface NtlmLogin {
  /** The name as people write it: `DOMAIN\user`, `user@realm` or `user`. */
  readonly credentials: { readonly user: string; readonly password: string } | undefined
  readonly proxyHost: string
  readonly now: Date
}

export interface NtlmTokens {
  /** @throws NTLM_BAD_CHALLENGE, NTLM_ONLY_OLD_VERSIONS. */
  next(challenge?: Buffer): Buffer
}

export function ntlmTokens({ credentials, proxyHost, now }: NtlmLogin): NtlmTokens {
  const account = accountOf(credentials?.user ?? '', credentials?.password ?? '')
  const client = new NtlmClient({ account, now, targetName: `HTTP/${proxyHost}` })
  return { next: (challenge) => (challenge === undefined ? client.negotiate : client.authenticate(challenge)) }
}
