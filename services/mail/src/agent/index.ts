/**
 * The mail agent: what the connector runs.
 *
 * @module
 */
import type { Failure, FailureDetails } from '@sallygate/base/failure'
import {
  defineService,
  serviceFailure,
  type Health,
  type OperationContext,
  type ParamsOf,
  type ResultOf,
} from '@sallygate/service-kit'
import { mailContract, mailFailure, type MailContract, type RecipientOutcome } from '../contract.ts'
import { checkMail } from './check.ts'
import { composeMail } from './compose.ts'
import { handOver, type HandOver } from './hand-over.ts'
import { KeptLines, type OpenLine } from './kept-lines.ts'
import { named, serverLabel, type Dialer } from './line.ts'
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
  const lines = new KeptLines(dialer)
  const sentAlready = new SentAlready(host.clock)
  let lastFailure: Failure | undefined

  const send = async (params: Params, context: OperationContext, tries: (label: string) => void): Promise<Result> => {
    const known = params.recipients.flatMap((address) => sentAlready.find(params.messageId, address) ?? [])
    const recipients = params.recipients.filter((address) => !known.some((one) => one.address === address))
    if (recipients.length === 0) return { server: 'sent before', recipients: known }
    const message = await context.trace.span('compose', () => composeMail(plan, params))
    const order = {
      from: settings.from,
      recipients,
      message,
      commandTimeoutMs: settings.commandTimeoutMs,
      finalDotTimeoutMs: settings.finalDotTimeoutMs,
      clock: host.clock,
    }
    const on = async (line: OpenLine) => {
      const outcomes = await handOverOn(line, lines, order, context)
      sentAlready.remember(params.messageId, outcomes)
      return outcomes
    }
    const result = ({ label, tls }: OpenLine, outcomes: readonly RecipientOutcome[]): Result => ({
      server: label,
      ...(tls === undefined ? {} : { protocol: tls.protocol }),
      recipients: [...known, ...outcomes],
    })
    const line = await servers.reach((server) => {
      tries(serverLabel(server))
      return lines.open(server, context)
    })
    try {
      const outcomes = await on(line)
      if (line.carried === 0 || !isGoodBye(outcomes)) return result(line, outcomes)
    } catch (error) {
      // It stands for *not handed over*, and on a new line it may come to another end.
      if (line.carried === 0 || !mailFailure.is(error) || error.code === 'MAIL_TIME_OUT') throw error
    }
    const fresh = await servers.reach((server) => lines.openNew(server, context))
    return result(fresh, await on(fresh))
  }

  return {
    operations: {
      check: async (_params, context) => ({ rows: [...(await checkMail(dialer, context))] }),
      send: async (params, context) => {
        const remainingMs = () => Math.max(0, context.remainingMs() - sayingMs)
        let tried: FailureDetails = {}
        const tries = (server: string) => (tried = { server })
        try {
          const result = await send(params, { ...context, remainingMs }, tries)
          lastFailure = undefined
          return result
        } catch (error) {
          if (mailFailure.is(error) && error.code !== 'MAIL_TOO_LARGE') lastFailure = error
          // From here it is known that nothing was handed over; the caller would have to take it for unknown.
          throw serviceFailure.is(error) ? mailFailure('TIME_OUT', { cause: error, details: tried }) : error
        }
      },
    },
    health: () => healthOf(servers.failure ?? lastFailure),
    stop: async () => lines.stop(),
  }
})

async function handOverOn(line: OpenLine, lines: KeptLines, order: HandOver, context: OperationContext) {
  try {
    const outcomes = await handOver(line, order, context)
    const isOver = outcomes.some(({ outcome, reply }) => outcome === 'unknown' || reply === 421)
    if (isOver) line.session.close()
    else lines.keep(line)
    return outcomes
  } catch (error) {
    line.session.close()
    throw named(error, line.label)
  }
}

/** The server takes nothing more on this line (RFC 5321 3.8), and has taken nothing of this message. */
const isGoodBye = (outcomes: readonly RecipientOutcome[]) =>
  outcomes.some(({ reply }) => reply === 421) &&
  outcomes.every(({ outcome, reply }) => outcome === 'deferred' && (reply === undefined || reply === 421))

function healthOf(failure: Failure | undefined): Health {
  if (failure === undefined) return { kind: 'healthy' }
  return { kind: 'degraded', code: failure.code, reason: failure.says, fix: failure.fix }
}
