/**
 * The journal: what must not happen twice is written down before it happens.
 *
 * Class N asks it by idempotency key, class S by object and generation. There is one
 * writer, and everything that waits in one turn of the event loop shares one fsync.
 * When it cannot write, it says so and refuses; it tries again with the next request.
 *
 * @module
 */
import { equalBytes, toHex } from '@sallygate/base/bytes'
import type { Clock } from '@sallygate/base/clock'
import { Failure } from '@sallygate/base/failure'
import type { Log } from '@sallygate/base/log'
import { connectorFailure } from './failures.ts'
import type { JournalDisk } from './journal-disk.ts'
import { decodeFrames, encodeFrame, maxKeptResult, type JournalRecord } from './journal-frame.ts'
import { JournalState, records, type Generations } from './journal-state.ts'

/** The longest deadline plus twice the clock skew that is accepted, generously. */
const keptForMs = 15 * 60_000
/** Keys known at a time: beyond it new ones are refused, so that a flood cannot fill memory and disk. */
const maxKeys = 20_000
/** Rewritten beyond this size when most of it is history. */
const compactAboveBytes = 1024 * 1024

export type Begun =
  | { readonly kind: 'begun'; readonly position: number }
  /** It ran before; this is how it ended. An empty result was too large to keep. */
  | { readonly kind: 'ended'; readonly outcome: 'done' | 'failed'; readonly result: Uint8Array }

/** `fenced`: begun once, or never; nothing more is done under this key. */
export interface Fenced {
  readonly kind: 'running' | 'fenced'
}

interface Waiting {
  readonly record: JournalRecord
  readonly resolve: (position: number) => void
  readonly reject: (error: Error) => void
}

export class Journal {
  readonly #disk: JournalDisk
  readonly #clock: Clock
  readonly #log: Log
  readonly #state = new JournalState()
  #position = 0
  #size = 0
  #liveBytes = 0
  #waiting: Waiting[] = []
  #isFlushing = false
  #isLoaded = false
  /** Set when the file may hold anything after `#size`: the next write replaces it as a whole. */
  #mustRewrite = false
  #failure: Failure | undefined

  constructor(disk: JournalDisk, clock: Clock, log: Log) {
    this.#disk = disk
    this.#clock = clock
    this.#log = log
  }

  /** Reads what is there. A journal that cannot be read leaves the connector running, without classes N and S. */
  async open(): Promise<void> {
    try {
      await this.#load()
    } catch (error) {
      this.#fail(error)
    }
  }

  /** Why classes N and S are refused at the moment, if they are. */
  failure(): Failure | undefined {
    return this.#failure
  }

  /**
   * Class N: writes the intent, or tells how the same request ended before.
   *
   * @throws CONNECTOR_JOURNAL_UNAVAILABLE, _JOURNAL_DAMAGED, _IDEMPOTENCY_CONFLICT, _IN_PROGRESS, _OUTCOME_UNKNOWN, _BUSY.
   */
  async begin(key: Uint8Array, parameterDigest: Uint8Array): Promise<Begun> {
    await this.#ready()
    this.#state.forgetBefore(this.#clock.monotonicMs() - keptForMs)
    const known = this.#state.keys.get(toHex(key))
    if (known !== undefined) {
      if (!equalBytes(known.parameterDigest, parameterDigest)) throw connectorFailure('IDEMPOTENCY_CONFLICT')
      if (known.state === 'running') throw connectorFailure('IN_PROGRESS')
      if (known.state === 'lost') throw connectorFailure('OUTCOME_UNKNOWN')
      return { kind: 'ended', outcome: known.state, result: known.result }
    }
    if (this.#state.keys.size >= maxKeys) throw connectorFailure('BUSY')
    const record = records.intent(key, parameterDigest)
    // Known before it is durable: a second request with this key in the same turn must see the first.
    this.#state.apply(record, this.#clock.monotonicMs(), false)
    try {
      return { kind: 'begun', position: await this.#append(record) }
    } catch (error) {
      this.#state.keys.delete(toHex(key))
      throw error
    }
  }

  /**
   * Class N: what is known of a key. One nobody has heard of is written down as begun, so that a request
   * that is still on its way finds it and does nothing; only then can the back-end be asked.
   *
   * @throws CONNECTOR_JOURNAL_UNAVAILABLE, _JOURNAL_DAMAGED, _BUSY.
   */
  async fence(key: Uint8Array, parameterDigest: Uint8Array): Promise<Exclude<Begun, { kind: 'begun' }> | Fenced> {
    await this.#ready()
    this.#state.forgetBefore(this.#clock.monotonicMs() - keptForMs)
    const known = this.#state.keys.get(toHex(key))
    if (known?.state === 'running') return { kind: 'running' }
    if (known?.state === 'done' || known?.state === 'failed')
      return { kind: 'ended', outcome: known.state, result: known.result }
    if (known !== undefined) return { kind: 'fenced' }
    if (this.#state.keys.size >= maxKeys) throw connectorFailure('BUSY')
    const record = records.intent(key, parameterDigest)
    this.#state.apply(record, this.#clock.monotonicMs(), true)
    try {
      await this.#append(record)
    } catch (error) {
      this.#state.keys.delete(toHex(key))
      throw error
    }
    return { kind: 'fenced' }
  }

  /** Class N: writes how it ended. It did end, so a journal that cannot be written does not change the answer. */
  async finish(key: Uint8Array, outcome: 'done' | 'failed', result: Uint8Array): Promise<number | undefined> {
    const { parameterDigest } = this.#state.keys.get(toHex(key)) ?? { parameterDigest: Buffer.alloc(32) }
    const kept = result.length > maxKeptResult ? Buffer.alloc(0) : result
    const record = records.done(key, parameterDigest, outcome, kept)
    this.#state.apply(record, this.#clock.monotonicMs(), false)
    return this.#tryAppend(record)
  }

  generations(object: string): Generations {
    return this.#state.objects.get(object) ?? { floor: 0, applied: 0 }
  }

  /** @throws CONNECTOR_GENERATION_STALE, _JOURNAL_UNAVAILABLE, _JOURNAL_DAMAGED. */
  async beginGeneration(object: string, generation: number): Promise<number> {
    await this.#ready()
    const { floor } = this.generations(object)
    if (generation < floor) throw connectorFailure('GENERATION_STALE', { details: { generation, newest: floor } })
    const record = records.begun(object, generation)
    const position = await this.#append(record)
    this.#state.apply(record, this.#clock.monotonicMs(), false)
    return position
  }

  async finishGeneration(object: string, generation: number): Promise<number | undefined> {
    const record = records.applied(object, generation)
    this.#state.apply(record, this.#clock.monotonicMs(), false)
    return this.#tryAppend(record)
  }

  async close(): Promise<void> {
    while (this.#isFlushing) await new Promise((resolve) => setImmediate(resolve))
    await this.#disk.close()
  }

  /** What could not be read at the start is read before anything is begun: writing over it would forget it. */
  async #ready(): Promise<void> {
    if (this.#isLoaded) return
    if (this.#failure?.code === 'CONNECTOR_JOURNAL_DAMAGED') throw this.#failure
    try {
      await this.#load()
    } catch (error) {
      throw this.#fail(error)
    }
  }

  async #load(): Promise<void> {
    const content = await this.#disk.read()
    if (this.#isLoaded) return
    const { frames, end } = content === undefined ? { frames: [], end: 0 } : decodeFrames(content)
    for (const frame of frames) {
      for (const record of frame.records) this.#state.apply(record, this.#clock.monotonicMs(), true)
      this.#position = frame.position + (frame.kind === 'batch' ? frame.records.length : 0)
    }
    this.#size = end
    this.#liveBytes = end
    this.#isLoaded = true
    this.#failure = undefined
    if (content !== undefined && end === content.length) return
    if (content !== undefined) this.#log.warn('journal had a torn tail', { bytes: content.length - end })
    await this.#rewrite([])
  }

  async #tryAppend(record: JournalRecord): Promise<number | undefined> {
    try {
      return await this.#append(record)
    } catch (error) {
      this.#log.error('outcome not in the journal', { error })
      return undefined
    }
  }

  #append(record: JournalRecord): Promise<number> {
    if (this.#failure?.code === 'CONNECTOR_JOURNAL_DAMAGED') return Promise.reject(this.#failure)
    return new Promise((resolve, reject) => {
      this.#waiting.push({ record, resolve, reject })
      if (this.#isFlushing) return
      this.#isFlushing = true
      setImmediate(() => void this.#flush())
    })
  }

  /** Everything that waits goes out as one frame with one fsync; what comes meanwhile goes with the next. */
  async #flush(): Promise<void> {
    while (this.#waiting.length > 0) {
      const batch = this.#waiting.splice(0, 10_000)
      try {
        await this.#write(batch.map(({ record }) => record))
        batch.forEach(({ resolve }, index) => resolve(this.#position - batch.length + index + 1))
      } catch (error) {
        const failure = this.#fail(error)
        for (const { reject } of batch) reject(failure)
      }
    }
    this.#isFlushing = false
  }

  async #write(batch: readonly JournalRecord[]): Promise<void> {
    const isMostlyHistory = this.#size > compactAboveBytes && this.#size > 4 * this.#liveBytes
    if (this.#mustRewrite || isMostlyHistory) return await this.#rewrite(batch)
    const frame = encodeFrame({ kind: 'batch', position: this.#position, records: batch })
    await this.#disk.append(this.#size, frame)
    this.#size += frame.length
    this.#position += batch.length
    this.#failure = undefined
  }

  /** After a failed write nobody knows what is on the disk, so a whole new file takes its place. */
  async #rewrite(batch: readonly JournalRecord[]): Promise<void> {
    const position = this.#position + batch.length
    const frame = encodeFrame({ kind: 'snapshot', position, records: [...this.#state.snapshot(), ...batch] })
    await this.#disk.replace(frame)
    this.#size = frame.length
    this.#liveBytes = frame.length
    this.#position = position
    this.#mustRewrite = false
    if (this.#failure !== undefined) this.#log.info('journal is writable again')
    this.#failure = undefined
  }

  #fail(error: unknown): Failure {
    this.#mustRewrite = true
    const isDamaged = error instanceof Failure && error.code === 'CONNECTOR_JOURNAL_DAMAGED'
    const reason = (error as NodeJS.ErrnoException).code ?? 'unknown'
    const failure = isDamaged ? error : connectorFailure('JOURNAL_UNAVAILABLE', { cause: error, details: { reason } })
    if (this.#failure === undefined) this.#log.error('journal unavailable', { error: failure })
    this.#failure = failure
    return failure
  }
}
