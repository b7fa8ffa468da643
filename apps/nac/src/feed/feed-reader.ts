/**
 * The feed reader: asks the console what has changed, page after page, and waits when nothing has.
 *
 * Each page is verified before anything of it is believed, and is on the disk before
 * it is answered from. Another epoch is read into a second model from the beginning,
 * while the first one answers on. Whatever fails, what was known stays known.
 *
 * @module
 */
import { randomBytes, toBase64Url } from '@sallygate/base/bytes'
import { sleep, type Clock } from '@sallygate/base/clock'
import { Failure, type FailureReport } from '@sallygate/base/failure'
import { baseFailure } from '@sallygate/base/failures'
import { LogLimit } from '@sallygate/base/log-limit'
import type { Log } from '@sallygate/base/log'
import { maxNacPageBytes, nacFeedLabel, verifyNacPage, type NacPage, type SignedNacPage } from '@sallygate/domain'
import { verifyStatement } from '@sallygate/trust'
import type { ModelFile } from '../read-model/model-file.ts'
import { ReadModel } from '../read-model/read-model.ts'
import type { ConsoleFile } from './console-file.ts'
import type { ConsoleLink } from './console-link.ts'
import { feedFailure } from './failures.ts'

export interface FeedState {
  /** Absent while all is well. */
  readonly failure: FailureReport | undefined
  /** Absent: everything that the console has said is read. */
  readonly behind: number | undefined
  /** Whether a new epoch is being read while the old answers serve. */
  readonly isStartingAnew: boolean
}

export interface FeedReaderParts {
  readonly clock: Clock
  readonly log: Log
  readonly console: ConsoleFile
  readonly link: Pick<ConsoleLink, 'ask'>
  readonly file: ModelFile
  readonly model: ReadModel
  /** A model that was read from its beginning takes the place of the old one. */
  readonly onNewModel: (model: ReadModel) => void
}

/** How long the console may hold a question for which there is no answer yet. */
const waitMs = 20_000
const firstPauseMs = 250
const longestPauseMs = 10_000

export class FeedReader {
  readonly #parts: FeedReaderParts
  readonly #stopping = new AbortController()
  readonly #said: LogLimit
  #model: ReadModel
  /** Of another epoch, until it has everything. */
  #next: ReadModel | undefined
  #failure: FailureReport | undefined
  #behind: number | undefined
  #pauseMs = firstPauseMs
  #isFileBehind = false
  #triedMs = -Infinity
  #running: Promise<void> | undefined

  constructor(parts: FeedReaderParts) {
    this.#parts = parts
    this.#model = parts.model
    this.#said = new LogLimit(parts.clock)
  }

  get state(): FeedState {
    return { failure: this.#failure, behind: this.#behind, isStartingAnew: this.#next !== undefined }
  }

  start(): void {
    this.#running ??= this.#run()
  }

  async stop(): Promise<void> {
    this.#stopping.abort()
    await this.#running
  }

  async #run(): Promise<void> {
    const { signal } = this.#stopping
    while (!signal.aborted) {
      try {
        this.#take(await this.#ask(signal))
        this.#failure = undefined
        this.#pauseMs = firstPauseMs
      } catch (error) {
        if (signal.aborted) return
        await this.#pauseAfter(error, signal)
      }
    }
  }

  async #pauseAfter(error: unknown, signal: AbortSignal): Promise<void> {
    const failure = error instanceof Failure ? error : baseFailure('INTERNAL', { cause: error })
    this.#failure = failure.toJSON()
    if (this.#said.admit(failure.code) !== undefined)
      this.#parts.log.warn('the feed cannot be read', { error: failure })
    await sleep(this.#parts.clock, this.#pauseMs, signal).catch(() => undefined)
    this.#pauseMs = Math.min(longestPauseMs, this.#pauseMs * 2)
  }

  async #ask(signal: AbortSignal): Promise<NacPage> {
    const { link, console } = this.#parts
    const cursor = (this.#next ?? this.#model).cursor
    const nonce = toBase64Url(randomBytes(16))
    const after = cursor?.through ?? 0
    const isCaughtUp = this.#behind === undefined && cursor !== undefined && this.#next === undefined
    const query = new URLSearchParams({
      after: String(after),
      nonce,
      ...(cursor === undefined ? {} : { epoch: cursor.epoch }),
      waitMs: String(isCaughtUp && this.#failure === undefined ? waitMs : 0),
    })
    const answer = await link.ask({
      method: 'GET',
      path: `/api/nac/feed?${query.toString()}`,
      timeoutMs: waitMs + 15_000,
      // The page is text inside a text, so its quotes are escaped.
      maxBytes: 2 * maxNacPageBytes,
      signal,
    })
    if (!isSignedPage(answer)) throw feedFailure('ANSWER_UNREADABLE', { details: { expected: 'a signed page' } })
    const isSigned = (bytes: Uint8Array, signature: Uint8Array) =>
      verifyStatement(nacFeedLabel, console.key, signature, bytes)
    return verifyNacPage(answer, isSigned, { epoch: cursor?.epoch, after, nonce })
  }

  #take(page: NacPage): void {
    const { log, clock } = this.#parts
    const target = this.#next ?? this.#model
    const isOtherEpoch = target.cursor !== undefined && target.cursor.epoch !== page.epoch
    if (isOtherEpoch) {
      log.warn('the console’s feed begins anew; the old answers serve until it is read')
      this.#next = new ReadModel()
    }
    const model = this.#next ?? this.#model
    // The age of the answers is counted on this machine's clock: two machines seldom agree.
    const cursor = { epoch: page.epoch, through: page.through, asOfMs: clock.now().getTime() }
    if (this.#next === undefined) this.#keep(page, cursor)
    model.applyPage(page.records, cursor)
    this.#behind = page.through < page.head ? page.head - page.through : undefined
    if (this.#behind !== undefined) return
    if (this.#next !== undefined) this.#swap(this.#next)
    else if (this.#mayWriteAnew()) this.#compact()
  }

  #swap(model: ReadModel): void {
    this.#next = undefined
    this.#model = model
    this.#parts.onNewModel(model)
    this.#parts.log.info('the feed is read anew', { devices: model.devices.size })
    this.#compact()
  }

  /** What cannot be written is known all the same; the file is made whole when it can be. */
  #keep(page: NacPage, cursor: { epoch: string; through: number; asOfMs: number }): void {
    if (this.#isFileBehind) return
    // An answer that says nothing new is written down once a minute, for the age after a restart.
    const before = this.#model.cursor
    if (page.records.length === 0 && before !== undefined && cursor.asOfMs - before.asOfMs < 60_000) return
    try {
      this.#parts.file.append(page.records, cursor)
    } catch (error) {
      this.#isFileBehind = true
      this.#parts.log.error('the read-model cannot be written; nac answers from memory', { error })
    }
  }

  /** A full disk stays full for a while; writing everything anew for every change would be all this does. */
  #mayWriteAnew(): boolean {
    const { clock, file } = this.#parts
    const nowMs = clock.monotonicMs()
    if (this.#isFileBehind ? nowMs - this.#triedMs < 30_000 : !file.isDueForCompaction) return false
    this.#triedMs = nowMs
    return true
  }

  #compact(): void {
    try {
      this.#parts.file.compact(this.#model)
      this.#isFileBehind = false
    } catch (error) {
      if (this.#said.admit('compaction') !== undefined)
        this.#parts.log.error('the read-model cannot be written anew', { error })
    }
  }
}

function isSignedPage(answer: unknown): answer is SignedNacPage {
  const page = answer as Partial<SignedNacPage> | null
  return typeof page?.page === 'string' && typeof page.signature === 'string'
}
