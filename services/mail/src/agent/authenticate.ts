/**
 * Signing in to the mail server: PLAIN, LOGIN, CRAM-MD5, XOAUTH2.
 *
 * A secret goes over the line only where the settings say that everybody may read it, or
 * where it is known who reads it. What the server answers is shown only without it.
 *
 * @module
 */
import { createHmac } from 'node:crypto'
import { mailFailure, type MailSettings } from '../contract.ts'
import type { Authentication } from './plan.ts'
import { printable, violation, type Reply } from './reply-reader.ts'

/** A conversation in which each line has a time limit. */
export interface Talk {
  command(line: string): Promise<Reply>
}

export interface Login {
  readonly authentication: Exclude<Authentication, { readonly kind: 'none' }>
  readonly encryption: MailSettings['encryption']
  readonly offered: readonly string[]
  readonly isVerified: boolean
  readonly label: string
  readonly token: () => Promise<string>
}

const mechanisms = { plain: 'PLAIN', login: 'LOGIN', cramMd5: 'CRAM-MD5', xoauth2: 'XOAUTH2' } as const

const base64 = (text: string | Buffer) => Buffer.from(text).toString('base64')

/** @throws MAIL_AUTH_*, MAIL_TOKEN_*, MAIL_SERVER_BUSY. */
export async function authenticate(talk: Talk, login: Login): Promise<void> {
  const { authentication, encryption, offered, isVerified, label } = login
  const mechanism = mechanisms[authentication.kind]
  if (!isVerified && encryption !== 'none') throw mailFailure('AUTH_NEEDS_TLS', { details: { server: label } })
  if (!offered.includes(mechanism)) {
    const details = { server: label, wanted: mechanism, offered: offered.join(' ').slice(0, 200) }
    throw mailFailure('AUTH_NOT_OFFERED', { details })
  }
  const sent: string[] = []
  const say = (line: string, ...secrets: string[]) => {
    sent.push(line, ...secrets)
    return talk.command(line)
  }
  const reply = await converse(login, say)
  if (reply.code === 235) return
  const said = withoutSecrets(reply.text, sent)
  const details = {
    server: label,
    reply: reply.code,
    ...(reply.status === undefined ? {} : { status: reply.status }),
    said,
  }
  if (reply.code >= 400 && reply.code < 500) throw mailFailure('SERVER_BUSY', { details })
  if (reply.code < 500) throw violation(`an answer ${reply.code} to a sign-in`)
  throw mailFailure('AUTH_REFUSED', { details })
}

type Say = (line: string, ...secrets: string[]) => Promise<Reply>

async function converse(login: Login, say: Say): Promise<Reply> {
  const { authentication } = login
  switch (authentication.kind) {
    case 'plain': {
      // RFC 4616, with the initial response of RFC 4954 4.
      const { user, password } = authentication
      return say(`AUTH PLAIN ${base64(`\0${user}\0${password}`)}`, base64(`\0${user}\0${password}`), password)
    }
    case 'login': {
      const { user, password } = authentication
      const first = await say('AUTH LOGIN')
      if (first.code !== 334) return first
      const second = await say(base64(user))
      return second.code === 334 ? say(base64(password), password) : second
    }
    case 'cramMd5': {
      const { user, password } = authentication
      const challenge = await say('AUTH CRAM-MD5')
      if (challenge.code !== 334) return challenge
      const digest = createHmac('md5', password)
        .update(Buffer.from(challenge.lines.at(-1) ?? '', 'base64'))
        .digest('hex')
      return say(base64(`${user} ${digest}`), digest)
    }
    case 'xoauth2': {
      const token = await login.token()
      const first = `user=${authentication.user}\u0001auth=Bearer ${token}\u0001\u0001`
      const reply = await say(`AUTH XOAUTH2 ${base64(first)}`, base64(first), token)
      // The server's reasons come as a challenge; an empty answer lets it say its 535.
      return reply.code === 334 ? say('') : reply
    }
  }
}

/** A server that repeats what it was sent must not get it into our log. */
function withoutSecrets(text: string, sent: readonly string[]): string {
  const secrets = sent
    .filter((one) => one.length > 3 && !one.startsWith('AUTH '))
    .toSorted((a, b) => b.length - a.length)
  return printable(secrets.reduce((said, secret) => said.replaceAll(secret, '[secret]'), text))
}
