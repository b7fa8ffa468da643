/**
 * NTLM at a proxy (MS-NTHT): two messages of ours on one connection.
 *
 * @module
 */
import { tokenScheme } from '@sallygate/dial'
import { accountOf, NtlmClient } from '@sallygate/protocol-ntlm'

export const ntlmScheme = tokenScheme({
  name: 'ntlm',
  label: 'NTLM',
  needsCredentials: true,
  rounds: 2,
  make({ credentials, proxyHost, now }) {
    const account = accountOf(credentials?.user ?? '', credentials?.password ?? '')
    const client = new NtlmClient({ account, now, targetName: `HTTP/${proxyHost}` })
    return { next: (token) => (token === undefined ? client.negotiate : client.authenticate(token)) }
  },
})
