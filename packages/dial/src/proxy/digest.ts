/**
 * Digest (RFC 7616) with SHA-256, SHA-512/256 and MD5, their session forms, and `qop=auth`.
 *
 * @module
 */
import { createHash, randomBytes } from 'node:crypto'
import type { Challenge } from './challenges.ts'
import { noCredentials, type Credentials, type Scheme } from './login.ts'

/** Strongest first; RFC 7616 3.7 has the client choose. */
const algorithms: readonly (readonly [string, string])[] = [
  ['sha-512-256', 'sha512-256'],
  ['sha-256', 'sha256'],
  ['md5', 'md5'],
]

export interface DigestInput {
  readonly challenge: Challenge
  readonly credentials: Credentials
  readonly method: string
  readonly uri: string
  readonly clientNonce: string
  readonly count: number
}

export function digestScheme(makeNonce = () => randomBytes(18).toString('base64url')): Scheme {
  return {
    name: 'digest',
    isConnectionBound: false,
    obstacle({ credentials }, offered) {
      if (credentials === undefined) return noCredentials
      return strongest(offered) === undefined ? 'only algorithms or protection that nobody should use' : undefined
    },
    begin({ credentials, target }) {
      let seen: string | undefined
      let isRenewed = false
      return {
        respond(offered) {
          const challenge = strongest(offered)
          if (credentials === undefined || challenge === undefined) return Promise.resolve({ kind: 'refused' })
          const nonce = challenge.parameters.get('nonce') ?? ''
          if (seen !== undefined) {
            // RFC 7616 3.3: stale means that the digest was right and only its nonce too old. Once; a second time is no accident.
            const isStale = challenge.parameters.get('stale')?.toLowerCase() === 'true'
            if (!isStale || isRenewed || nonce === seen) return Promise.resolve({ kind: 'refused' })
            isRenewed = true
          }
          seen = nonce
          const input = { challenge, credentials, method: 'CONNECT', uri: target, clientNonce: makeNonce(), count: 1 }
          return Promise.resolve({ kind: 'send', authorization: digestAuthorization(input) })
        },
      }
    },
  }
}

function strongest(offered: readonly Challenge[]): Challenge | undefined {
  const usable = offered.filter(({ scheme, parameters }) => {
    const qop = parameters.get('qop')?.toLowerCase().split(/[ ,]+/) ?? []
    return scheme === 'digest' && qop.includes('auth') && parameters.has('realm') && parameters.has('nonce')
  })
  for (const [name] of algorithms) {
    const found = usable.find((challenge) => algorithmOf(challenge).replace(/-sess$/, '') === name)
    if (found !== undefined) return found
  }
  return undefined
}

const algorithmOf = ({ parameters }: Challenge) => (parameters.get('algorithm') ?? 'MD5').toLowerCase()

/** RFC 7616 3.4. The challenge is one that `strongest` has let through. */
export function digestAuthorization(input: DigestInput): string {
  const { challenge, credentials, method, uri, clientNonce } = input
  const { parameters } = challenge
  const [realm = '', nonce = '', opaque] = ['realm', 'nonce', 'opaque'].map((name) => parameters.get(name))
  const name = algorithmOf(challenge)
  const hash = algorithms.find(([known]) => known === name.replace(/-sess$/, ''))?.[1] ?? 'md5'
  const h = (text: string) => createHash(hash).update(text, 'utf8').digest('hex')
  const count = input.count.toString(16).padStart(8, '0')
  const secret = h(`${credentials.user}:${realm}:${credentials.password}`)
  const key = name.endsWith('-sess') ? h(`${secret}:${nonce}:${clientNonce}`) : secret
  const response = h(`${key}:${nonce}:${count}:${clientNonce}:auth:${h(`${method}:${uri}`)}`)
  const isHidden = parameters.get('userhash')?.toLowerCase() === 'true'
  const fields = [
    isHidden ? `username=${quoted(h(`${credentials.user}:${realm}`))}` : userField(credentials.user),
    `realm=${quoted(realm)}`,
    `nonce=${quoted(nonce)}`,
    `uri=${quoted(uri)}`,
    ...(parameters.has('algorithm') ? [`algorithm=${parameters.get('algorithm')}`] : []),
    'qop=auth',
    `nc=${count}`,
    `cnonce=${quoted(clientNonce)}`,
    `response=${quoted(response)}`,
    ...(opaque === undefined ? [] : [`opaque=${quoted(opaque)}`]),
    ...(isHidden ? ['userhash=true'] : []),
  ]
  return `Digest ${fields.join(', ')}`
}

/** RFC 7616 3.4: a name outside of ASCII travels as RFC 8187 writes it. */
function userField(user: string): string {
  const isPlain = /^[\x20-\x7e]*$/.test(user)
  return isPlain ? `username=${quoted(user)}` : `username*=UTF-8''${percentEncoded(user)}`
}

function percentEncoded(text: string): string {
  return encodeURIComponent(text).replaceAll(/['()*]/g, (one) => `%${one.charCodeAt(0).toString(16).toUpperCase()}`)
}

const quoted = (text: string) => `"${text.replaceAll(/["\\]/g, '\\$&')}"`
