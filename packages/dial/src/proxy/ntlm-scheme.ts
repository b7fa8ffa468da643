/**
 * NTLM at a proxy (MS-NTHT): two messages of ours on one connection. Who makes them is handed in.
 *
 * @module
 */
import type { LoginContext, Scheme } from './login.ts'
import { tokenScheme, type TokenMaker } from './token-scheme.ts'

export function ntlmScheme(make: (context: LoginContext) => TokenMaker): Scheme {
  return tokenScheme({ name: 'ntlm', label: 'NTLM', needsCredentials: true, rounds: 2, make })
}
