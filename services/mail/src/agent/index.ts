/**
 * The mail agent: what the connector runs.
 *
 * @module
 */
import type { Failure } from '@sallygate/base/failure'
import {
  defineService,
  serviceFailure,
  type Health,
  type OperationContext,
  type ParamsOf,
  type ResultOf,
} from '@sallygate/service-kit'
import { mailContract, mailFailure, type MailContract } from '../contract.ts'
import { checkMail } from './check.ts'
import { composeMail } from './compose.ts'
import { dial, type Dialer } from './dial.ts'
import { handOver } from './hand-over.ts'
import { planMail } from './plan.ts'
import { SentAlready } from './sent-already.ts'
import { ServerList } from './servers.ts'
import { Tokens } from './token.ts'

type Params = ParamsOf<MailContract, 'send'>
type Result = ResultOf<MailContract, 'send'>

/** Kept back of a request's time, to be able to say *unknown* rather than nothing. */
const sayingMs = 1000

export const mailService = defineService(mailContract, async (settings, host) => {
  const plan = planMail(settings)
  const { authentication } = plan
  const tokens =
    authentication.kind === 'xoauth2' ? new Tokens(authentication.token, host, settings.connectTimeoutMs) : undefined
  const dialer: Dialer = { plan, host, tokens }
  const servers = new ServerList(settings.servers, host.clock, host.log)
  const sentAlready = new SentAlready(host.clock)
  let lastFailure: Failure | undefined

  const send = async (params: Params, context: OperationContext): Promise<Result> => {
    const known = params.recipients.flatMap((address) => sentAlready.find(params.messageId, address) ?? [])
    const recipients = params.recipients.filter((address) => !known.some((one) => one.address === address))
    if (recipients.length === 0) return { server: 'sent before', recipients: known }
    const message = await context.trace.span('compose', () => composeMail(plan, params))
    const dialed = await servers.reach((server) => dial(dialer, server, context))
    try {
      const outcomes = await handOver(
        dialed,
        {
          from: settings.from,
          recipients,
          message,
          commandTimeoutMs: settings.commandTimeoutMs,
          finalDotTimeoutMs: settings.finalDotTimeoutMs,
          clock: host.clock,
        },
        context,
      )
      sentAlready.remember(params.messageId, outcomes)
      const protocol = dialed.tls?.protocol
      return {
        server: dialed.label,
        ...(protocol === undefined ? {} : { protocol }),
        recipients: [...known, ...outcomes],
      }
    } finally {
      dialed.session.close()
    }
  }

  return {
    operations: {
      check: async (_params, context) => ({ rows: [...(await checkMail(dialer, context))] }),
      send: async (params, context) => {
        const remainingMs = () => Math.max(0, context.remainingMs() - sayingMs)
        try {
          const result = await send(params, { ...context, remainingMs })
          lastFailure = undefined
          return result
        } catch (error) {
          if (mailFailure.is(error) && error.code !== 'MAIL_TOO_LARGE') lastFailure = error
          // From here it is known that nothing was handed over; the caller would have to take it for unknown.
          throw serviceFailure.is(error) ? mailFailure('TIME_OUT', { cause: error }) : error
        }
      },
    },
    health: () => healthOf(servers.failure ?? lastFailure),
    stop: async () => {},
  }
})

function healthOf(failure: Failure | undefined): Health {
  if (failure === undefined) return { kind: 'healthy' }
  return { kind: 'degraded', code: failure.code, reason: failure.says, fix: failure.fix }
}
