/**
 * A *simulated* issuer of access tokens: gives one to whoever has the client's secret (RFC 6749 4.4), and tells
 * a mail server whether it is still good, whose it is, and what for (RFC 7662).
 *
 * @module
 */
import { randomBytes } from '@sallygate/base/bytes'
import { startTokenEndpoint, type TokenAnswer, type TokenRequest } from '@sallygate/testkit/token-endpoint'
import { makeTlsAuthority } from '@sallygate/testkit/tls-server-identity'

export const client = { clientId: 'sallygate', clientSecret: 'cl1ent-s3cret' } as const
export const mailScope = 'mail.send'

interface Issued {
  readonly username: string
  readonly scope: string
  isActive: boolean
}

/** What it does when it is asked; a test changes it. */
export interface Mood {
  /** Whose the tokens are. */
  username: string
  /** Answers instead of a token. */
  answer: (() => TokenAnswer) | undefined
  /** Answers instead of what is known of a token. */
  introspection: (() => TokenAnswer) | undefined
}

export async function startSimulatedIssuer(user: string) {
  const authority = await makeTlsAuthority()
  const issued = new Map<string, Issued>()
  const mood: Mood = { username: user, answer: undefined, introspection: undefined }
  const say = (status: number, body: object): TokenAnswer => ({ status, body: JSON.stringify(body) })

  const give = ({ form }: TokenRequest): TokenAnswer => {
    const isClient = form['client_id'] === client.clientId && form['client_secret'] === client.clientSecret
    if (!isClient) return say(401, { error: 'invalid_client' })
    if (form['grant_type'] !== 'client_credentials') return say(400, { error: 'unsupported_grant_type' })
    const token = randomBytes(24).toString('hex')
    issued.set(token, { username: mood.username, scope: form['scope'] ?? '', isActive: true })
    return say(200, { access_token: token, token_type: 'Bearer', expires_in: 3600 })
  }
  const introspect = ({ form }: TokenRequest): TokenAnswer => {
    const known = issued.get(form['token'] ?? '')
    if (known === undefined || !known.isActive) return say(200, { active: false })
    const { username, scope } = known
    return say(200, { active: true, username, scope, client_id: client.clientId, token_type: 'Bearer' })
  }
  const endpoint = await startTokenEndpoint(
    await authority.issue(['localhost'], new Date(), ['127.0.0.1']),
    (request) =>
      request.path === '/introspect'
        ? (mood.introspection ?? (() => introspect(request)))()
        : (mood.answer ?? (() => give(request)))(),
  )
  return {
    mood,
    authority: authority.certificate,
    tokenEndpoint: endpoint.url,
    introspection: `https://localhost:${endpoint.port}/introspect`,
    tokens: () => [...issued.keys()],
    /** All that was given until now is good no longer, whatever was promised. */
    withdraw() {
      for (const one of issued.values()) one.isActive = false
    },
    stop: () => endpoint.stop(),
  }
}
