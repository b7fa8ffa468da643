/**
 * A line to one mail server: what is known of it, and how commands go over it.
 *
 * @module
 */
import type { Secured } from '@sallygate/agent-kit'
import type { Clock } from '@sallygate/base/clock'
import { Failure } from '@sallygate/base/failure'
import type { OperationContext, ServiceHost } from '@sallygate/service-kit'
import { mailFailure, type MailSettings } from '../contract.ts'
import { within } from './deadline.ts'
import type { Extensions } from './extensions.ts'
import type { MailPlan } from './plan.ts'
import type { Reply } from './reply-reader.ts'
import type { SmtpSession } from './session.ts'
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

export const said = ({ code, status, text }: Pick<Reply, 'code' | 'status' | 'text'>, label: string) => ({
  server: label,
  reply: code,
  ...(status === undefined ? {} : { status }),
  said: text,
})

/** With the server it is about, where the step did not know it. */
export function named(error: unknown, label: string): unknown {
  if (!mailFailure.is(error) || 'server' in error.details) return error
  const { code, says, fix, retry, status, details } = error
  return new Failure(code, { says, fix, retry, status }, { cause: error, details: { server: label, ...details } })
}
