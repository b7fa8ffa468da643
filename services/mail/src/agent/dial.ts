/**
 * Dialing one mail server: look up, connect, greet, encrypt, sign in.
 *
 * Each step is a span. A connection that does not get to its end is closed here.
 *
 * @module
 */
import { approach, trustContext } from '@sallygate/agent-kit'
import type { OperationContext } from '@sallygate/service-kit'
import { mailFailure } from '../contract.ts'
import { failures } from './connect.ts'
import { within } from './deadline.ts'
import { ehloName, greet, requireGreeting } from './greeting.ts'
import {
  commandOf,
  named,
  said,
  serverLabel,
  type Command,
  type Dialed,
  type Dialer,
  type ServerAddress,
} from './line.ts'
import { SmtpSession } from './session.ts'
import { signIn } from './sign-in.ts'

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
      const reply = within(host.clock, context, settings.commandTimeoutMs, (signal) => session.reply(signal))
      const greeting = await requireGreeting(reply, label)
      note({ reply: greeting.code })
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
        if (answer.code !== 220) throw mailFailure('STARTTLS_REFUSED', { details: said(answer, label) })
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
