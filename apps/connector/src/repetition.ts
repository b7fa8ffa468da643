/**
 * Repetition: carries out what may happen once only once, and keeps generations in order.
 *
 * Class N is journalled by idempotency key, class S by object and generation, and one
 * object's generations never overlap. All other classes pass straight through; that B
 * runs at most once is the gate's doing, which admits a request once.
 *
 * @module
 */
import { fromHex, sha256 } from '@sallygate/base/bytes'
import { encodeJson } from '@sallygate/base/json'
import type { RequestStatement } from '@sallygate/envelope'
import {
  decodeDone,
  decodeFailed,
  encodeDone,
  encodeFailed,
  undecided,
  type KnownOutcome,
  type Reconciled,
} from '@sallygate/service-kit'
import { connectorFailure } from './failures.ts'
import type { Journal } from './journal.ts'
import type { Sealer } from './sealed-file.ts'

export interface Ending {
  readonly outcome: 'done' | 'failed'
  readonly payload: Buffer
  readonly position?: number | undefined
}

export interface Work {
  /** Throws when it is too late to begin: another generation of the same object may have taken its time. */
  requireTime(): void
  /** Called when it is certain that the work begins, with its place in the journal. */
  begun(position: number | undefined): void
  run(): Promise<Ending>
}

/** What a request finds under whose key the back-end has said that nothing was done. */
const notDone = connectorFailure('NOT_DONE')

export class Repetition {
  readonly #journal: Journal
  readonly #sealer: Sealer
  /** The last work on each object; the next waits for it. */
  readonly #byObject = new Map<string, Promise<unknown>>()

  constructor(journal: Journal, sealer: Sealer) {
    this.#journal = journal
    this.#sealer = sealer
  }

  /**
   * @throws CONNECTOR_JOURNAL_*, _GENERATION_STALE, _IDEMPOTENCY_CONFLICT before anything is done;
   * _IN_PROGRESS and _OUTCOME_UNKNOWN when something may have been done by an earlier request.
   */
  async once(request: RequestStatement, object: string, work: Work): Promise<Ending> {
    if (request.class === 'N') return await this.#byKey(request, work)
    if (request.class === 'S') return await this.#inOrder(request, object, work)
    work.begun(undefined)
    return await work.run()
  }

  async #byKey(request: RequestStatement, work: Work): Promise<Ending> {
    // The gate refuses class N without a key.
    const key = fromHex(request.idempotencyKey as string)
    const known = await this.#journal.begin(key, fromHex(request.parameterDigest))
    if (known.kind === 'ended') return this.#recorded(known.outcome, known.result)
    work.begun(known.position)
    const ending = await work.run()
    return { ...ending, position: await this.#ended(key, ending.outcome, ending.payload) }
  }

  /**
   * What became of a request of class N: from the journal, or from the back-end that `ask` asks. What it says is kept.
   *
   * @throws CONNECTOR_JOURNAL_*, and what `ask` throws.
   */
  async outcomeOf(keyText: string, params: unknown, ask: () => Promise<Reconciled>): Promise<KnownOutcome> {
    const key = fromHex(keyText)
    const known = await this.#journal.fence(key, sha256(encodeJson(params)))
    if (known.kind === 'running') return { state: 'running' }
    const recorded = known.kind === 'ended' ? this.#sealer.open('journal result', known.result) : undefined
    if (known.kind === 'ended' && recorded !== undefined) {
      if (known.outcome === 'done') return { state: 'done', result: decodeDone(recorded).result }
      const { failure } = decodeFailed(recorded)
      if (failure.code === notDone.code) return { state: 'notDone' }
      if (!undecided.has(failure.code))
        return { state: 'failed', failure: { ...failure, details: { ...failure.details } } }
    }
    const said = await ask()
    if (said.state === 'done') await this.#ended(key, 'done', encodeDone({ result: said.result, spans: [] }))
    if (said.state === 'notDone')
      await this.#ended(key, 'failed', encodeFailed({ failure: notDone.toJSON(), spans: [] }))
    return said.state === 'unknown' ? { state: 'unknown', because: said.because.slice(0, 200) } : said
  }

  #ended(key: Uint8Array, outcome: 'done' | 'failed', payload: Buffer): Promise<number | undefined> {
    return this.#journal.finish(key, outcome, this.#sealer.seal('journal result', payload))
  }

  #recorded(outcome: 'done' | 'failed', result: Uint8Array): Ending {
    const payload = this.#sealer.open('journal result', result)
    // It ended, and how is no longer known: it was too large to keep, or sealed under an identity that is gone.
    if (payload === undefined) throw connectorFailure('OUTCOME_UNKNOWN', { details: { recorded: outcome } })
    return { outcome, payload }
  }

  async #inOrder(request: RequestStatement, object: string, work: Work): Promise<Ending> {
    // The gate refuses class S without a generation.
    const generation = request.generation as number
    const previous = this.#byObject.get(object) ?? Promise.resolve()
    const run = previous.then(async () => {
      work.requireTime()
      const position = await this.#journal.beginGeneration(object, generation)
      work.begun(position)
      const ending = await work.run()
      if (ending.outcome !== 'done') return { ...ending, position }
      return { ...ending, position: (await this.#journal.finishGeneration(object, generation)) ?? position }
    })
    const settled = run.catch(() => undefined)
    this.#byObject.set(object, settled)
    void settled.then(() => this.#byObject.get(object) === settled && this.#byObject.delete(object))
    return await run
  }
}

/** What has generations. Requests for one object are carried out one after the other. */
export function objectOf(request: { readonly operation: string }, params: unknown): string {
  const named = typeof params === 'object' && params !== null && 'service' in params ? params.service : undefined
  return typeof named === 'string' ? `${request.operation}/${named.slice(0, 60)}` : request.operation
}
