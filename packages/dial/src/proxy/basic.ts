/**
 * Basic (RFC 7617): the password itself, so only where nobody reads along, or where somebody has said that they may.
 *
 * @module
 */
import { noCredentials, type Scheme } from './login.ts'

export function basicScheme(options: { readonly isPlainAllowed: boolean }): Scheme {
  return {
    name: 'basic',
    isConnectionBound: false,
    obstacle({ credentials, isEncrypted }) {
      if (credentials === undefined) return noCredentials
      if (!isEncrypted && !options.isPlainAllowed) return 'the password would travel readable (proxyAllowPlainBasic)'
      return credentials.user.includes(':') ? 'its user name may hold no colon' : undefined
    },
    begin({ credentials }) {
      let isSent = false
      return {
        respond() {
          if (isSent || credentials === undefined) return Promise.resolve({ kind: 'refused' })
          isSent = true
          const { user, password } = credentials
          const authorization = `Basic ${Buffer.from(`${user}:${password}`, 'utf8').toString('base64')}`
          return Promise.resolve({ kind: 'send', authorization })
        },
      }
    },
  }
}
