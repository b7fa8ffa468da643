/**
 * Streams: for each target one connection at a time, and what is certain about what it carried.
 *
 * Nothing is kept here of the events themselves. What is not certain to have been read, when a
 * connection breaks, is sent again by the console: it is told to rewind.
 *
 * @module
 */
import { randomBytes, toHex } from '@sallygate/base/bytes'
import { Failure } from '@sallygate/base/failure'
import { sleep, type Timer } from '@sallygate/base/clock'
import type { OperationContext } from '@sallygate/service-kit'
import { syslogFailure, targetLabel, type DeliverResult, type SyslogEvent, type SyslogTarget } from '../contract.ts'
import { within } from './deadline.ts'
import type { Link } from './link.ts'
import { openLink, type Asked, type Opener } from './open.ts'
import { renderer } from './render.ts'
import { wasCut } from './cut.ts'

export interface Delivery extends Asked {
  readonly stream: string
  readonly connection?: string | undefined
  readonly events: readonly SyslogEvent[]
  readonly confirm: boolean
}

interface Carrying {
  readonly id: string
  readonly link: Link
  /** Target and key as text: another one needs another connection. */
  readonly to: string
  readonly openedMs: number
  /** The last event written. */
  written: number
}

interface Stream {
  carrying: Carrying | undefined
  /** The last connection that was ended in good order, by its id. */
  confirmed: string | undefined
  /** Connections in a row that the collector did not end when we did, though nothing else was wrong. */
  unanswered: number
  /** Deliveries of one stream come one after the other. */
  turn: Promise<unknown>
  idle: Timer | undefined
  usedMs: number
}

/** More targets than any group has; of those beyond, the one unused for longest is let go of. */
const mostStreams = 300
/** In which an end or an error that was on its way arrives before ours is sent. */
const settleMs = 100

export class Streams {
  readonly #opener: Opener
  readonly #streams = new Map<string, Stream>()

  constructor(opener: Opener) {
    this.#opener = opener
  }

  /** @throws SYSLOG_*; then nothing of this delivery is certain. */
  deliver(delivery: Delivery, context: OperationContext): Promise<DeliverResult> {
    const stream = this.#stream(delivery.stream)
    const turn = stream.turn.then(async () => {
      stream.idle?.cancel()
      try {
        return await this.#deliver(stream, delivery, context)
      } catch (error) {
        this.#drop(stream)
        throw error
      } finally {
        this.#endWhenIdle(stream)
      }
    })
    stream.turn = turn.catch(() => undefined)
    return turn
  }

  stop(): void {
    for (const stream of this.#streams.values()) {
      stream.idle?.cancel()
      this.#drop(stream)
    }
    this.#streams.clear()
  }

  async #deliver(stream: Stream, delivery: Delivery, context: OperationContext): Promise<DeliverResult> {
    const { target, events, connection } = delivery
    const { settings, host } = this.#opener
    const to = JSON.stringify([target, delivery.clientKey])
    const render = renderer(target)
    const isBeforeConfirmed = connection !== undefined && stream.confirmed === connection
    const isKnown = stream.carrying?.id === connection && stream.carrying?.link.failure === undefined
    if (connection !== undefined && !isKnown && !isBeforeConfirmed) {
      this.#drop(stream)
      return { state: 'rewind' }
    }
    if (stream.carrying !== undefined && (!isKnown || stream.carrying.to !== to)) {
      // A target that was changed, or a console that counts on nothing here: what this one carried is said to be lost.
      const isCounted = connection !== undefined && isKnown
      this.#drop(stream)
      if (isCounted) return { state: 'rewind' }
    }
    if (events.length === 0 && stream.carrying === undefined) return nothingWritten(isBeforeConfirmed)
    const carrying = (stream.carrying ??= await this.#open(delivery, to, context))
    // The same call may come twice, when its answer was lost on the way.
    const fresh = events.filter(({ number }) => number > carrying.written)
    const lines = fresh.map(render)
    const bytes = await context.trace.span('write', async (note) => {
      note({ events: lines.length })
      return within(host.clock, context, settings.writeTimeoutMs, (signal) => carrying.link.write(lines, signal)).catch(
        tooSlow(target),
      )
    })
    carrying.written = Math.max(carrying.written, ...fresh.map(({ number }) => number))
    const isOld = host.clock.monotonicMs() - carrying.openedMs >= settings.connectionSeconds * 1000
    const isUdp = target.transport === 'udp'
    const confirmation =
      delivery.confirm || isOld ? await this.#end(stream, carrying, delivery, context) : isUdp ? 'none' : undefined
    return {
      state: 'written',
      written: carrying.written,
      isConfirmed: confirmation !== undefined,
      isBeforeConfirmed,
      confirmation: confirmation ?? 'none',
      ...(confirmation === undefined ? { connection: carrying.id } : {}),
      cut: fresh.filter((event, at) => wasCut(lines[at] as string, event, target)).length,
      bytes,
    }
  }

  async #open(delivery: Delivery, to: string, context: OperationContext): Promise<Carrying> {
    const link = await openLink(this.#opener, delivery, context)
    const { clock, log } = this.#opener.host
    log.debug('syslog connection opened', { collector: targetLabel(delivery.target) })
    return { id: toHex(randomBytes(16)), link, to, openedMs: clock.monotonicMs(), written: 0 }
  }

  /** @throws SYSLOG_CONNECTION_LOST when the collector gave no sign, the first time. */
  async #end(
    stream: Stream,
    carrying: Carrying,
    { target }: Delivery,
    context: OperationContext,
  ): Promise<'certain' | 'habit' | 'none'> {
    const { settings, host } = this.#opener
    stream.carrying = undefined
    if (target.transport !== 'udp') await sleep(host.clock, settleMs, context.signal)
    try {
      const answer = await context.trace.span('end', () =>
        within(host.clock, context, settings.confirmTimeoutMs, (signal) => carrying.link.end(signal)),
      )
      stream.unanswered = 0
      stream.confirmed = carrying.id
      return answer === true ? 'certain' : 'none'
    } catch (error) {
      carrying.link.destroy()
      if (!(error instanceof Failure) || error.code !== 'SYSLOG_TIME_OUT') throw error
      stream.unanswered++
      // Connected anew, written anew, and again no end: it is there and does not do it. Repeating for ever helps nobody.
      if (stream.unanswered > 1) {
        stream.confirmed = carrying.id
        return 'habit'
      }
      throw lost(target, 'it did not end the connection when we did')
    }
  }

  #drop(stream: Stream): void {
    stream.carrying?.link.destroy()
    stream.carrying = undefined
  }

  /** A console that stopped asks for no receipt any more. */
  #endWhenIdle(stream: Stream): void {
    const { clock } = this.#opener.host
    stream.usedMs = clock.monotonicMs()
    if (stream.carrying === undefined) return
    const waitMs = 2 * this.#opener.settings.connectionSeconds * 1000
    stream.idle = clock.after(waitMs, () => this.#drop(stream), { background: true })
  }

  #stream(name: string): Stream {
    const known = this.#streams.get(name)
    if (known !== undefined) return known
    if (this.#streams.size >= mostStreams) this.#forgetOldest()
    const stream: Stream = {
      carrying: undefined,
      confirmed: undefined,
      unanswered: 0,
      turn: Promise.resolve(),
      idle: undefined,
      usedMs: this.#opener.host.clock.monotonicMs(),
    }
    this.#streams.set(name, stream)
    return stream
  }

  #forgetOldest(): void {
    const [oldest] = [...this.#streams].toSorted(([, a], [, b]) => a.usedMs - b.usedMs)
    if (oldest === undefined) return
    oldest[1].idle?.cancel()
    this.#drop(oldest[1])
    this.#streams.delete(oldest[0])
  }
}

function nothingWritten(isBeforeConfirmed: boolean): DeliverResult {
  const confirmation = isBeforeConfirmed ? 'certain' : 'none'
  return { state: 'written', written: 0, isConfirmed: true, isBeforeConfirmed, confirmation, cut: 0, bytes: 0 }
}

function tooSlow(target: SyslogTarget) {
  return (error: unknown): never => {
    if (!(error instanceof Failure) || error.code !== 'SYSLOG_TIME_OUT') throw error
    throw syslogFailure('TOO_SLOW', { cause: error, details: { collector: targetLabel(target) } })
  }
}

function lost(target: SyslogTarget, reason: string) {
  return syslogFailure('CONNECTION_LOST', { details: { collector: targetLabel(target), reason } })
}
