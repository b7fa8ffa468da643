/**
 * Lines that stay open for the next message: dialing, encrypting and signing in cost more than a message does.
 *
 * A line is kept only after an answer to every command of the message before, for a short while, and
 * is asked EHLO before the next one, which also ends whatever was begun (RFC 5321 4.1.4). Its answer
 * can be taken for no other: a server that says something twice is found out before a recipient is
 * named, and the message goes over a new line. So a message can tell no kept line from a new one.
 *
 * @module
 */
import type { Timer } from '@sallygate/base/clock'
import { serviceFailure, type OperationContext } from '@sallygate/service-kit'
import { mailFailure } from '../contract.ts'
import { dial } from './dial.ts'
import { isSameAnswer } from './extensions.ts'
import { commandOf, serverLabel, type Dialed, type Dialer, type Line, type ServerAddress } from './line.ts'

/** Between two messages of a burst lies less. Longer would only hold a place at the server. */
const idleMs = 5000
/** Servers have limits of their own, and an account or a certificate that was withdrawn must not live on in a line. */
const mostMessages = 50
const oldestMs = 60_000
/** The outbox has two messages of a group under way. */
const mostLines = 2

export interface OpenLine extends Dialed {
  /** Messages it has carried. */
  readonly carried: number
  readonly openedMs: number
}

interface Kept {
  readonly line: Line & Pick<OpenLine, 'carried' | 'openedMs'>
  readonly idle: Timer
}

export class KeptLines {
  readonly #dialer: Dialer
  readonly #kept = new Set<Kept>()
  #isStopped = false

  constructor(dialer: Dialer) {
    this.#dialer = dialer
  }

  /** One that is kept and still good, or a new one. @throws what dialing throws. */
  async open(server: ServerAddress, context: OperationContext): Promise<OpenLine> {
    for (let line = this.#take(server); line !== undefined; line = this.#take(server)) {
      const open = { ...line, command: commandOf(this.#dialer, line, context) }
      if (await this.#isGood(open, context)) return open
      line.session.destroy()
    }
    return this.openNew(server, context)
  }

  async openNew(server: ServerAddress, context: OperationContext): Promise<OpenLine> {
    const dialed = await dial(this.#dialer, server, context)
    return { ...dialed, carried: 0, openedMs: this.#dialer.host.clock.monotonicMs() }
  }

  /** After a message whose end is known. A line that cannot be used again is closed. */
  keep({ command: _command, ...line }: OpenLine): void {
    const { clock } = this.#dialer.host
    const carried = line.carried + 1
    const isOld = carried >= mostMessages || clock.monotonicMs() - line.openedMs >= oldestMs
    const isMute = line.extensions.lines.length === 0
    if (this.#isStopped || isOld || isMute || line.session.failure !== undefined || this.#kept.size >= mostLines) {
      return line.session.close()
    }
    const drop = () => {
      this.#kept.delete(kept)
      line.session.close()
    }
    const kept: Kept = { line: { ...line, carried }, idle: clock.after(idleMs, drop, { background: true }) }
    this.#kept.add(kept)
  }

  stop(): void {
    this.#isStopped = true
    for (const { line, idle } of this.#kept) {
      idle.cancel()
      line.session.close()
    }
    this.#kept.clear()
  }

  #take(server: ServerAddress): Kept['line'] | undefined {
    const kept = [...this.#kept].find(({ line }) => line.label === serverLabel(server))
    if (kept === undefined) return undefined
    kept.idle.cancel()
    this.#kept.delete(kept)
    return kept.line
  }

  async #isGood(line: OpenLine, context: OperationContext): Promise<boolean> {
    return context.trace.span('reuse', async (note) => {
      note({ server: line.label, messages: line.carried })
      try {
        const reply = await line.command(`EHLO ${line.ehloName}`)
        return isSameAnswer(line.extensions, reply)
      } catch (error) {
        // Nobody waits any more; everything else is this line's alone.
        line.session.destroy()
        if (serviceFailure.is(error) || !mailFailure.is(error)) throw error
        return false
      }
    })
  }
}
