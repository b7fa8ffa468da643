/**
 * Dialing one mail server: look up, connect, greet, encrypt, sign in.
 *
 * Each step is a span. A connection that does not get to its end is closed here.
 *
 * @module
 */
import { approach, trustContext, type Secured } from '@sallygate/agent-kit'
import type { Clock } from '@sallygate/base/clock'
import { Failure } from '@sallygate/base/failure'
import type { OperationContext, ServiceHost } from '@sallygate/service-kit'
import { mailFailure, type MailSettings } from '../contract.ts'
import { authenticate } from './authenticate.ts'
import { failures } from './connect.ts'
import { within } from './deadline.ts'
import { extensionsOf, noExtensions, type Extensions } from './extensions.ts'
import type { MailPlan } from './plan.ts'
import type { Reply } from './reply-reader.ts'
import { SmtpSession } from './session.ts'
import type { Tokens } from './token.ts'

export type ServerAddress = MailSettings['servers'][number]

/** `mail.corp.test:587` */
export const serverLabel = (server: ServerAddress) => `${server.host}:${server.port}`

/** An open conversation, whoever it is for at the moment. */
export interface Line {
  readonly session: SmtpSession
  readonly server: ServerAddress
  readonly label: string
  /** What we call ourselves. */
  readonly ehloName: string
  readonly extensions: Extensions
  /** Absent on a connection that is not encrypted. */
  readonly tls: Secured | undefined
}

export interface Dialed extends Line {
  /** Sends a command with the time limit of one. */
  readonly command: Command
}

export type Command = (line: string) => Promise<Reply>

export interface Dialer {
  readonly plan: MailPlan
  readonly host: Pick<ServiceHost, 'target' | 'log'> & { readonly clock: Clock }
  readonly tokens: Tokens | undefined
}

/** A conversation that is ready for a message. @throws MAIL_*, and what policy says. */
export async function dial(dialer: Dialer, server: ServerAddress, context: OperationContext): Promise<Dialed> {
  const { plan, host } = dialer
  const { settings } = plan
  const { trace } = context
  const label = serverLabel(server)
  const translate = (error: unknown) => named(error, label)
  const about = { server: label }
  const way = approach({ host, context, limitMs: settings.connectTimeoutMs, about, failures, translate })
  const { socket, name } = await way.reach(server)
  const expected = {
    name,
    context: trustContext(plan.authorities),
    pins: plan.pin === undefined ? undefined : [plan.pin],
    acceptsAnybody: settings.encryption === 'opportunistic',
  }
  let tls = settings.encryption === 'implicit' ? await way.encrypt(socket, expected) : undefined
  let session = new SmtpSession(tls?.stream ?? socket)
  const ownName = ehloName(settings, socket.localAddress)
  const command: Command = (line) => commandOf(dialer, { session, label }, context)(line)
  try {
    await trace.span('greeting', async (note) => {
      const greeting = await within(host.clock, context, settings.commandTimeoutMs, (signal) => session.reply(signal))
      note({ reply: greeting.code })
      requireServing(greeting, label)
    })
    const hello = () =>
      trace.span('ehlo', async (note) => {
        const extensions = await greet(command, ownName, label)
        note({ startTls: extensions.startTls, auth: extensions.auth.join(' ') })
        return extensions
      })
    let extensions = await hello()
    const isRequired = settings.encryption === 'required'
    if (isRequired || (settings.encryption === 'opportunistic' && extensions.startTls)) {
      const plain = await trace.span('startTls', async () => {
        if (!extensions.startTls) throw mailFailure('STARTTLS_MISSING', { details: { server: label } })
        const answer = await command('STARTTLS')
        if (answer.code !== 220) throw refusedTls(answer, label)
        return session.detach()
      })
      tls = await way.encrypt(plain, expected)
      session = new SmtpSession(tls.stream)
      // What it said before may have been anybody's word (RFC 3207 4.2).
      extensions = await hello()
    }
    const dialed: Dialed = { session, server, label, ehloName: ownName, extensions, tls, command }
    await signIn(dialer, dialed, context)
    return dialed
  } catch (error) {
    session.destroy()
    throw named(error, label)
  }
}

/** Commands on a line, for as long as this request has time. */
export function commandOf(
  { plan, host }: Pick<Dialer, 'plan' | 'host'>,
  { session, label }: Pick<Line, 'session' | 'label'>,
  context: OperationContext,
): Command {
  return (line) =>
    within(host.clock, context, plan.settings.commandTimeoutMs, (signal) => session.command(line, signal)).catch(
      (error: unknown) => {
        throw named(error, label)
      },
    )
}

async function signIn({ plan, tokens }: Dialer, dialed: Dialed, context: OperationContext): Promise<void> {
  const { authentication, settings } = plan
  if (authentication.kind === 'none') return
  const { label, extensions, tls, command } = dialed
  await context.trace.span('auth', async (note) => {
    note({ how: authentication.kind })
    let token: string | undefined
    const login = {
      authentication,
      encryption: settings.encryption,
      offered: extensions.auth,
      isVerified: tls?.isVerified === true,
      label,
      token: async () => {
        token = (await tokens?.current(context)) ?? ''
        return token
      },
    }
    const kept = tokens?.kept
    const attempt = () =>
      authenticate({ command }, login).catch((error: unknown) => {
        if (token !== undefined) tokens?.forget(token)
        throw error
      })
    await attempt().catch((error: unknown) => {
      const isRefused = mailFailure.is(error) && error.code === 'MAIL_AUTH_REFUSED'
      // It may have been withdrawn before its end. One that was fetched just now says the same once more.
      if (!isRefused || kept === undefined || token !== kept) throw error
      note({ fetchedAnew: true })
      return attempt()
    })
  })
}

async function greet(command: Command, name: string, label: string): Promise<Extensions> {
  const answer = await command(`EHLO ${name}`)
  if (answer.code === 250) return extensionsOf(answer)
  if (answer.code < 500) throw busy(answer, label)
  // RFC 5321 3.2: servers from before 1995.
  const older = await command(`HELO ${name}`)
  if (older.code === 250) return noExtensions
  throw mailFailure('NOT_SERVING', { details: said(older, label) })
}

function requireServing(greeting: Reply, label: string): void {
  if (greeting.code === 220) return
  if (greeting.code >= 400 && greeting.code < 500) throw busy(greeting, label)
  throw mailFailure('NOT_SERVING', { details: said(greeting, label) })
}

function refusedTls(answer: Reply, label: string) {
  return mailFailure('STARTTLS_REFUSED', { details: said(answer, label) })
}

/** RFC 5321 4.1.4: who has no name says an address. */
function ehloName({ ehloName: name }: MailSettings, address: string | undefined): string {
  if (name !== undefined) return name
  if (address === undefined) return '[127.0.0.1]'
  return address.includes(':') ? `[IPv6:${address}]` : `[${address}]`
}

export const said = ({ code, status, text }: Pick<Reply, 'code' | 'status' | 'text'>, label: string) => ({
  server: label,
  reply: code,
  ...(status === undefined ? {} : { status }),
  said: text,
})

const busy = (answer: Reply, label: string) => mailFailure('SERVER_BUSY', { details: said(answer, label) })

/** With the server it is about, where the step did not know it. */
function named(error: unknown, label: string): unknown {
  if (!mailFailure.is(error) || 'server' in error.details) return error
  const { code, says, fix, retry, status, details } = error
  return new Failure(code, { says, fix, retry, status }, { cause: error, details: { server: label, ...details } })
}
