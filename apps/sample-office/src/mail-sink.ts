/**
 * The sample office's mail server: *simulated*. It takes every message for anybody, passes none on, and shows them.
 *
 * It wants STARTTLS and a sign-in, as a real one inside a network does.
 *
 * @module
 */
import type { AddressInfo } from 'node:net'
import type { Log } from '@sallygate/base/log'
import PostalMime from 'postal-mime'
import { SMTPServer } from 'smtp-server'
import type { Inbox } from './inbox.ts'
import { address, listening } from './listening.ts'

/** Documented, and opens nothing but this simulation. */
export const mailAccount = { user: 'sallygate', password: 'sample-office-mail' } as const

const maxBytes = 1024 * 1024
const maxShown = 20_000

export interface MailSink {
  readonly port: number
  stop(): Promise<void>
}

export interface MailSinkOptions {
  readonly port: number
  readonly tls: { readonly cert: Buffer; readonly key: Buffer }
  readonly inbox: Inbox
  readonly log: Log
  readonly now: () => Date
}

export async function startMailSink({ port, tls, inbox, log, now }: MailSinkOptions): Promise<MailSink> {
  const server = new SMTPServer({
    ...tls,
    minVersion: 'TLSv1.2',
    name: 'sample-office',
    banner: 'Sallygate sample office (simulated)',
    authMethods: ['PLAIN', 'LOGIN'],
    size: maxBytes,
    maxClients: 20,
    socketTimeout: 60_000,
    disableReverseLookup: true,
    logger: false,
    onAuth({ username, password }, _session, done) {
      if (username === mailAccount.user && password === mailAccount.password) return done(null, { user: username })
      return done(Object.assign(new Error('Wrong'), { responseCode: 535 }))
    },
    onData(stream, session, done) {
      const chunks: Buffer[] = []
      let length = 0
      stream.on('data', (chunk: Buffer) => {
        length += chunk.length
        if (length <= maxBytes) chunks.push(chunk)
      })
      stream.on('error', () => chunks.splice(0))
      stream.on('end', () => {
        if (length > maxBytes) return done(Object.assign(new Error('Too large'), { responseCode: 552 }))
        const { mailFrom, rcptTo } = session.envelope
        const envelope = {
          from: mailFrom === false ? '' : mailFrom.address,
          to: rcptTo.map((one) => one.address),
          isEncrypted: session.secure,
        }
        itemOf(Buffer.concat(chunks), envelope, now()).then(
          (item) => {
            inbox.add('mails', item)
            log.info('mail taken: simulated', { recipients: envelope.to.length })
            done(null, 'Taken by the sample office (simulated)')
          },
          () => done(Object.assign(new Error('Not readable'), { responseCode: 554 })),
        )
      })
    },
  })
  server.on('error', (error) => log.debug('mail sink', { error }))
  await listening(server.server, port, (done) => server.listen(port, address, done))
  return {
    port: (server.server.address() as AddressInfo).port,
    stop: () => new Promise((resolve) => server.close(() => resolve())),
  }
}

async function itemOf(
  message: Buffer,
  envelope: { readonly from: string; readonly to: readonly string[]; readonly isEncrypted: boolean },
  at: Date,
) {
  const mail = await PostalMime.parse(message)
  return {
    at: at.toISOString(),
    ...envelope,
    subject: (mail.subject ?? '').slice(0, 1000),
    messageId: (mail.messageId ?? '').slice(0, 300),
    text: (mail.text ?? '').slice(0, maxShown),
    html: (mail.html ?? '').slice(0, maxShown),
  }
}
