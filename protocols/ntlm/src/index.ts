/**
 * NTLM (MS-NLMP): the client's half of a login, version 2, for proxies and web servers that ask for it.
 *
 * @module
 */
export { accountOf, NtlmClient, type NtlmOptions } from './client.ts'
export { ntlmFailure } from './failures.ts'
export { md4 } from './md4.ts'
export type { Account } from './response.ts'
export { ntlmTokens, type NtlmLogin, type NtlmTokens } from './tokens.ts'
