/**
 * Schemes that pass tokens back and forth on one connection: NTLM and Negotiate.
 *
 * Who makes the tokens is handed in.
 *
 * @module
 */
import { Failure } from '@sallygate/base/failure'
import { noCredentials, offeredBy, type LoginContext, type Scheme } from './login.ts'

/** Makes the tokens of one login. */
export interface TokenMaker {
  /** @param token What the proxy sent; absent at first. */
  next(token?: Buffer): Buffer | Promise<Buffer>
}

export interface TokenSchemeOptions {
  readonly name: 'negotiate' | 'ntlm'
  /** As it stands on the wire. */
  readonly label: string
  readonly needsCredentials: boolean
  /** After so many tokens of ours a further challenge is a refusal. `undefined`: as soon as one comes without a token. */
  readonly rounds?: number
  readonly obstacle?: (context: LoginContext) => string | undefined | Promise<string | undefined>
  readonly make: (context: LoginContext) => TokenMaker | Promise<TokenMaker>
}

/** More than any login takes; a proxy that goes on for ever does not keep us. */
const maxRounds = 6

export function tokenScheme(options: TokenSchemeOptions): Scheme {
  const { name, label, needsCredentials, rounds } = options
  return {
    name,
    isConnectionBound: true,
    obstacle: (context) =>
      needsCredentials && context.credentials === undefined ? noCredentials : options.obstacle?.(context),
    async begin(context) {
      const maker = await options.make(context)
      // The first token is made now, so that a login that cannot even begin is no attempt.
      const first = await maker.next()
      let sent = 0
      const send = (token: Buffer) => {
        sent++
        return { kind: 'send', authorization: `${label} ${token.toString('base64')}` } as const
      }
      return {
        async respond(offered) {
          if (sent === 0) return send(first)
          if (sent >= (rounds ?? maxRounds)) return { kind: 'refused' }
          const { token } = offeredBy(name, offered) ?? {}
          if (token === undefined) {
            // Kerberos says everything in its first token; NTLM has said nothing yet.
            return rounds === undefined ? { kind: 'refused' } : { kind: 'broken', reason: 'no challenge came back' }
          }
          try {
            return send(await maker.next(Buffer.from(token, 'base64')))
          } catch (error) {
            return { kind: 'broken', reason: reasonOf(error) }
          }
        },
      }
    },
  }
}

export function reasonOf(error: unknown): string {
  return error instanceof Failure ? `${error.code} ${Object.values(error.details).join(', ')}`.trim() : String(error)
}
