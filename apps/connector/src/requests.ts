/**
 * Requests: from a cargo that arrived to the answer that goes back.
 *
 * The gate opens and judges; what it admits goes to the dispatcher; what it refuses is
 * answered only where the refusal is true and stays true. A stranger gets nothing.
 *
 * @module
 */
import type { Failure } from '@sallygate/base/failure'
import type { Clock } from '@sallygate/base/clock'
import type { Log } from '@sallygate/base/log'
import { LogLimit } from '@sallygate/base/log-limit'
import type { HopClient } from '@sallygate/dial'
import { ReplyWriter, type Answerer, type OpenedRequest, type RequestGate } from '@sallygate/envelope'
import type { Address } from './addresses.ts'
import { BulkRoad } from './bulk-road.ts'
import type { Dispatcher, SendReply } from './dispatcher.ts'
import { failed } from './failed-answer.ts'

export interface RequestsOptions {
  readonly gate: RequestGate
  readonly dispatcher: Dispatcher
  readonly answerer: Answerer
  readonly client: Pick<HopClient, 'send' | 'arrived'>
  /** Something of class S was carried out: how this connector is may have changed. */
  readonly onApplied: () => void
  /** A request names a newer trust set than is held. */
  readonly onTrustSetBehind: () => void
  readonly clock: Clock
  readonly log: Log
}

/** An answer that comes this much after the deadline still tells the console how it ended. The relay is shown few steps. */
const answerGraceMs = 5000

export class Requests {
  readonly #options: RequestsOptions
  readonly #logLimit: LogLimit
  /** Admitted, and not answered yet. */
  readonly #open = new Set<Promise<void>>()
  readonly #bulk: BulkRoad

  constructor(options: RequestsOptions) {
    this.#options = options
    this.#bulk = new BulkRoad({ clock: options.clock, arrived: () => options.client.arrived() })
    this.#logLimit = new LogLimit(options.clock)
  }

  /** How often each reason kept a cargo from being carried out, gate and dispatcher together. */
  refusals(): Readonly<Record<string, number>> {
    return Object.fromEntries([...this.#options.gate.refusals, ...this.#options.dispatcher.refusals])
  }

  receive(from: Address, cargo: Buffer): void {
    const receipt = this.#options.gate.receive(cargo)
    if (receipt.kind === 'unopened') return
    const { opened } = receipt
    if (receipt.kind === 'refused') {
      this.#refused(from, opened, receipt.failure, receipt.mayAnswer)
      return
    }
    const send: SendReply = (answer) => {
      if (!('next' in answer)) this.#send(from, answer, receipt.budgetMs)
      else this.#bulk.add(answer, (part) => this.#send(from, [part], receipt.budgetMs))
    }
    const writer = new ReplyWriter(opened, this.#options.answerer)
    const serving = this.#serve(opened, receipt.budgetMs, writer, send)
    this.#open.add(serving)
    void serving.finally(() => this.#open.delete(serving))
  }

  /** Resolves when everything that was admitted until now has been answered. */
  async answered(): Promise<void> {
    await Promise.all(this.#open)
  }

  async #serve(opened: OpenedRequest, budgetMs: number, writer: ReplyWriter, send: SendReply): Promise<void> {
    try {
      await this.#options.dispatcher.serve(opened, budgetMs, writer, send)
    } catch (error) {
      this.#options.log.error('answer not written', { request: opened.request.requestId, error })
    }
    if (opened.request.class === 'S') this.#options.onApplied()
  }

  #refused(from: Address, opened: OpenedRequest, failure: Failure, mayAnswer: boolean): void {
    const { log, onTrustSetBehind, answerer } = this.#options
    const { operation, requestId } = opened.request
    // A relay can repeat a request as often as it likes; the counters know how often, the disk need not.
    const leftOut = this.#logLimit.admit(failure.code)
    if (leftOut !== undefined) {
      const { code, details } = failure
      log.warn('request refused', { operation, request: requestId, code, details, leftOut })
    }
    if (failure.code === 'ENVELOPE_TRUST_SET_BEHIND') onTrustSetBehind()
    if (!mayAnswer) return
    this.#send(from, new ReplyWriter(opened, answerer).finish('notStarted', failed(failure)), 0)
  }

  #send(to: Address, cargos: readonly Buffer[], withinMs: number): void {
    // Only a console asks; what comes from elsewhere was signed by one and is answered to nobody.
    if (to.role !== 'console') return
    const ttlMs = [60_000, 600_000].find((step) => withinMs + answerGraceMs <= step) ?? 3_600_000
    for (const cargo of cargos) {
      const { handed, settle } = this.#options.client.send(to, cargo, { ttlMs })
      // Once it is handed nobody here asks what becomes of an answer. Without saying so, each would be kept for the time it is
      // worth delivering, and there is room for so many.
      handed.then(settle, (error: unknown) => {
        settle()
        this.#options.log.info('answer not handed to the relay', { error })
      })
    }
  }
}
