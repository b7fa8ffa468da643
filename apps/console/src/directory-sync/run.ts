/**
 * One run from where it stands to its end: read, compare, wait or come into force.
 *
 * What may go away and come back is waited for: a connector, a server, the relay. What is
 * read of a directory that then fails is never put into force.
 *
 * @module
 */
import { Failure, type FailureReport } from '@sallygate/base/failure'
import { sleep } from '@sallygate/base/clock'
import type { Safeguards } from '@sallygate/domain'
import { apply } from './applying.ts'
import { compare, heldBy } from './comparing.ts'
import { syncFailure } from './failures.ts'
import { checkpoint, type Job } from './job.ts'
import { Reading, startReading } from './reading.ts'

/** So long nothing may move before a run is given up. */
export const patienceMs = 15 * 60_000
/** A connector that has just started does not offer everything at once. */
const ablePatienceMs = 60_000
const firstWaitMs = 1000
const longestWaitMs = 30_000

export interface RunWatch {
  /** What it waits for now; `undefined` when it goes on. */
  waits(report: FailureReport | undefined): void
}

/** @returns how it ended, or for whom it waits. @throws what ended it; nothing it read is in force then. */
export async function carryOut(job: Job, limits: Safeguards, watch: RunWatch): Promise<'done' | 'held' | 'previewed'> {
  const { detail } = job
  if (detail.phase === 'fetch') {
    await readAll(job, watch)
    detail.phase = 'compare'
    await checkpoint(job)
  }
  if (detail.phase === 'compare') {
    await compare(job)
    if (detail.mode === 'preview' && detail.isReleased !== true) return 'previewed'
    const tripped = await heldBy(job, limits)
    if (tripped.length > 0 && detail.isReleased !== true) {
      detail.held = tripped
      await checkpoint(job)
      return 'held'
    }
    detail.phase = 'apply'
    detail.done = 0
    const { added = 0, changed = 0, moved = 0, disabled = 0, enabled = 0 } = detail.counts ?? {}
    detail.expected = added + changed + moved + disabled + enabled
    await checkpoint(job)
  }
  if (detail.phase === 'apply') await apply(job)
  detail.phase = 'ended'
  return 'done'
}

async function readAll(job: Job, watch: RunWatch): Promise<void> {
  const { detail } = job
  for (;;) {
    await patiently(job, watch, () => startReading(job))
    const { source } = detail
    if (source === undefined) throw new Error('a run without a source')
    const reading = new Reading(job, source)
    try {
      detail.done = 0
      detail.read = 0
      detail.failedEntries = 0
      for (const pass of reading.passes) await wholePass(job, watch, reading, pass)
      if (reading.wantsSweep && !reading.passes.includes('identifiers'))
        await wholePass(job, watch, reading, 'identifiers')
      if (detail.full) {
        // As it was, for ever, and called done: that is a setting with a typo.
        if (detail.failedEntries > 0 && detail.read === 0) throw syncFailure('NOBODY_USABLE')
        await reading.findRemoved()
      }
      return
    } catch (error) {
      // Another server, with numbers of its own: from the beginning, and what was read is compared and kept.
      if (!(error instanceof Failure) || error.code !== 'DIRECTORY_SYNC_SERVER_CHANGED') throw error
      noteRestart(job, error)
    }
  }
}

/** A pass that breaks begins anew, with what it counted taken back. */
function wholePass(job: Job, watch: RunWatch, reading: Reading, pass: Parameters<Reading['pass']>[0]): Promise<void> {
  const { detail } = job
  const { done, read, failedEntries } = detail
  return patiently(job, watch, () => {
    Object.assign(detail, { done, read, failedEntries })
    return reading.pass(pass)
  })
}

async function patiently(job: Job, watch: RunWatch, step: () => Promise<void>): Promise<void> {
  const { clock, log } = job.parts
  let waitMs = firstWaitMs
  let movedMs = clock.monotonicMs()
  let done = job.detail.done
  for (;;) {
    try {
      await step()
      watch.waits(undefined)
      return
    } catch (error) {
      job.signal.throwIfAborted()
      if (!(error instanceof Failure) || !comesBack(error)) throw error
      if (job.detail.done > done) {
        movedMs = clock.monotonicMs()
        waitMs = firstWaitMs
      }
      done = job.detail.done
      const waitedMs = clock.monotonicMs() - movedMs
      // Its policy file or its service does not allow it: that is for somebody on the host to change.
      if (notForLong.has(error.code) && waitedMs > ablePatienceMs) throw error
      if (waitedMs > patienceMs) throw syncFailure('STUCK', { cause: error, details: { waitedFor: error.code } })
      noteRestart(job, error)
      watch.waits(error.toJSON())
      log.info('directory sync waits', { group: job.group, code: error.code, waitMs })
      await sleep(clock, error.code === 'DIRECTORY_CURSOR_GONE' ? 0 : waitMs, job.signal)
      waitMs = Math.min(waitMs * 2, longestWaitMs)
    }
  }
}

function noteRestart(job: Job, error: Failure): void {
  job.detail.restarts++
  job.detail.lastRestart = error.says
}

/** The way or a server went away, or is busy: nothing is wrong with what was asked. */
function comesBack({ code, retry }: Failure): boolean {
  if (backAgain.has(code)) return true
  return retry !== 'never' && !code.startsWith('STORE_') && !forGood.has(code)
}

/** To begin anew is the way to try again; and a connector that has just started does not have its settings yet. */
const backAgain = new Set<string>(['DIRECTORY_CURSOR_GONE', 'DIRECTORY_TIME_OUT', 'SERVICE_NOT_ENABLED'])

/** Where it stays so, somebody on the host of the connector has to see to it. */
const notForLong = new Set<string>(['CONSOLE_NO_CONNECTOR_ABLE', 'SERVICE_NOT_ENABLED'])

/** Somebody has to change something first. */
const forGood = new Set<string>([
  'DIRECTORY_TLS_UNTRUSTED',
  'DIRECTORY_TLS_WRONG_NAME',
  'DIRECTORY_TLS_EXPIRED',
  'DIRECTORY_TLS_NOT_PINNED',
  'DIRECTORY_STARTTLS_REFUSED',
  'DIRECTORY_KERBEROS_UNAVAILABLE',
])
