/**
 * How a target stands, in the words of the API.
 *
 * @module
 */
import { inWords } from '../calls/failure-words.ts'
import type { KeptCounts } from './kept-counts.ts'
import type { Outage } from './outage.ts'
import type { TargetSettings, TargetState } from './schema.ts'
import type { Spool } from './spool.ts'

export interface StandingParts {
  readonly settings: Pick<TargetSettings, 'isOn' | 'spoolBytes'>
  readonly spool: Pick<Spool, 'confirmed' | 'unconfirmed' | 'waiting'>
  readonly counts: KeptCounts
  readonly outage: Pick<Outage, 'lasting' | 'nextAttemptAt'>
  readonly isDelivering: boolean
  readonly connector: string | undefined
  readonly confirmation: TargetState['confirmation']
}

export function targetStanding(parts: StandingParts): TargetState {
  const { settings, spool, counts, outage, connector, confirmation } = parts
  const { delivered, dropped, cut, repeated, lastDeliveryAt, lastDropAt } = counts
  const { lasting, nextAttemptAt } = outage
  return {
    state: wordOf(parts),
    sequence: spool.confirmed.sequence,
    unconfirmed: spool.unconfirmed,
    waiting: spool.waiting.events,
    waitingBytes: spool.waiting.bytes,
    spoolBytes: settings.spoolBytes,
    delivered,
    dropped,
    cut,
    repeated,
    ...(lastDeliveryAt === undefined ? {} : { lastDeliveryAt }),
    ...(lastDropAt === undefined ? {} : { lastDropAt }),
    ...(lasting === undefined ? {} : { failingSince: lasting.since.toISOString(), failure: inWords(lasting.failure) }),
    ...(nextAttemptAt === undefined ? {} : { nextAttemptAt: nextAttemptAt.toISOString() }),
    ...(connector === undefined ? {} : { connector }),
    ...(confirmation === undefined ? {} : { confirmation }),
  }
}

function wordOf({ settings, outage, isDelivering, spool, counts }: StandingParts): TargetState['state'] {
  if (!settings.isOn) return 'off'
  if (outage.lasting !== undefined) return 'waiting'
  if (isDelivering || spool.unconfirmed > 0) return 'delivering'
  return counts.delivered === 0 ? 'new' : 'idle'
}
