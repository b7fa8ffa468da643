/**
 * The end of an attempt: what becomes of each recipient, why the message waits if it does, and who is told.
 *
 * @module
 */
import type { Failure } from '@sallygate/base/failure'
import { afterAttempt } from '@sallygate/domain'
import type { BegunMail, EndedAttempt, MailMessage, MailWaits, RecipientChange } from '@sallygate/store'
import { inWords } from '../calls/failure-words.ts'
import type { Events } from '../events/events.ts'
import type { Attempted } from './attempt.ts'
import { outboxFailure } from './failures.ts'
import type { MailTallies } from './tallies.ts'

type Ended = Extract<Attempted, { readonly kind: 'ended' }>

export function endOf({ message }: BegunMail, attempted: Ended, now: Date): EndedAttempt {
  const { outcomes, connector, server, failure } = attempted
  const recipients = outcomes.map((outcome): RecipientChange => {
    const known = message.recipients.find(({ address }) => address === outcome.address)
    const { attempts = 1, unknownTimes: before = 0 } = known ?? {}
    const end = afterAttempt(
      { attempts, unknownTimes: before },
      outcome.outcome,
      now.getTime(),
      message.giveUpAt.getTime(),
    )
    const { state, unknownTimes, nextAttemptAtMs } = end
    const nextAttemptAt = nextAttemptAtMs === undefined ? undefined : new Date(nextAttemptAtMs)
    return { address: outcome.address, state, unknownTimes, nextAttemptAt, outcome }
  })
  return {
    connector,
    server,
    code: failure?.code,
    says: failure === undefined ? undefined : saysOf(failure),
    waits: waitsAfter(attempted),
    recipients,
  }
}

/** A failure of all of it says more than what one recipient was told; an end that nobody knows matters most. */
function waitsAfter({ failure, outcomes, server }: Ended): MailWaits | undefined {
  if (outcomes.some(({ outcome }) => outcome === 'unknown')) return inWords(outboxFailure('END_UNKNOWN'))
  if (failure !== undefined) return inWords(failure)
  const deferred = outcomes.find(({ outcome }) => outcome === 'deferred')
  if (deferred === undefined) return undefined
  const { address, reply, status, said } = deferred
  const answer = [reply, status, said].filter((part) => part !== undefined).join(' ')
  return inWords(
    outboxFailure('DEFERRED', {
      details: {
        ...(server === undefined ? {} : { server }),
        recipient: address,
        ...(answer === '' ? {} : { said: answer }),
      },
    }),
  )
}

interface Tellers {
  readonly tallies: MailTallies
  readonly events: Pick<Events, 'raise'>
}

/** @param after The message as it is now; absent where that could not be written. */
export function tellOf(
  { tallies, events }: Tellers,
  { id, group, template, subject }: MailMessage,
  { failure, outcomes, server }: Ended,
  ended: EndedAttempt,
  after: MailMessage | undefined,
): void {
  tallies.count(
    group,
    server ?? serverIn(failure),
    outcomes.map(({ outcome }) => outcome),
  )
  if (failure !== undefined) tallies.failed(group, failure)
  else if (outcomes.some(({ outcome }) => outcome === 'sent')) tallies.recovered(group)
  const details = { message: id, template, code: failure?.code }
  const of = (state: string) => ended.recipients.filter((one) => one.state === state).length
  if (of('unknown') > 0) events.raise('mailUnknown', { group, about: subject, details })
  for (const { state, outcome } of ended.recipients) {
    if (state !== 'refused') continue
    const { address: about, reply, status, said } = outcome
    events.raise('mailRefused', { group, about, details: { ...details, reply, status, said } })
  }
  if (of('dead') === 0) return
  const attempts = after?.attempts ?? 0
  events.raise('mailGivenUp', { group, about: subject, details: { ...details, recipients: of('dead'), attempts } })
}

function saysOf({ says, details }: Failure): string {
  const said = details['said'] ?? details['reason']
  return said === undefined ? says : `${says} (${String(said).slice(0, 200)})`
}

function serverIn(failure: Failure | undefined): string | undefined {
  const server = failure?.details['server']
  return typeof server === 'string' ? server.slice(0, 300) : undefined
}
