/**
 * Check rows: what *Test connection*, `sallygate connector check` and the start-up
 * report all show. One row per thing that was tried, in the order it was tried.
 *
 * @module
 */
import { Failure } from '@sallygate/base/failure'
import type { Clock } from '@sallygate/base/clock'
import { z } from 'zod'

/** One certificate of a chain, as `@sallygate/base/peer-chain` tells it. */
export const chainLinkSchema = z.strictObject({
  subject: z.string().max(300),
  issuer: z.string().max(300),
  /** SHA-256, hex with colons. */
  thumbprint: z.string().max(100),
  daysLeft: z.number().int().optional(),
})

export const checkRowSchema = z.strictObject({
  /** What was tried, with the name a person knows it by: `TLS to dc1.corp.test:636`. */
  target: z.string().max(300),
  /** `skipped`: not tried, because a row above failed. */
  result: z.enum(['ok', 'warning', 'failed', 'skipped']),
  says: z.string().max(1000),
  /** What to do about it; empty when there is nothing to do. */
  fix: z.string().max(1000),
  durationMs: z.number().int().nonnegative(),
  /** The failure's code, where there was one. */
  code: z.string().max(100).optional(),
  /** Of a step that is TLS: what the server sent, its own certificate first. */
  chain: z.array(chainLinkSchema).max(8).optional(),
})

export type CheckRow = z.infer<typeof checkRowSchema>
export type CheckResult = CheckRow['result']

export const checkResultSchema = z.strictObject({ rows: z.array(checkRowSchema).max(200) })

export const noParams = z.strictObject({})

/** What one step of a check found; a plain sentence means that all is well. */
export type CheckFinding =
  | string
  | {
      readonly result: Exclude<CheckResult, 'skipped'>
      readonly says: string
      readonly fix: string
      readonly chain?: CheckRow['chain']
    }

/** Collects rows. After a row that failed, the rows that depend on it are skipped, and say so. */
export class CheckList {
  readonly #clock: Clock
  readonly #rows: CheckRow[] = []
  constructor(clock: Clock) {
    this.#clock = clock
  }

  get rows(): readonly CheckRow[] {
    return this.#rows
  }

  /** Runs one step. @returns whether those that depend on it make sense. */
  async row(target: string, step: () => Promise<CheckFinding>): Promise<boolean> {
    const began = this.#clock.monotonicMs()
    let finding: Omit<CheckRow, 'target' | 'durationMs'>
    try {
      const found = await step()
      finding = typeof found === 'string' ? { result: 'ok', says: found, fix: '' } : found
    } catch (error) {
      if (!(error instanceof Failure)) throw error
      finding = { result: 'failed', says: withDetails(error), fix: error.fix, code: error.code }
    }
    const durationMs = Math.round(this.#clock.monotonicMs() - began)
    this.#rows.push({
      ...finding,
      target: target.slice(0, 300),
      says: finding.says.slice(0, 1000),
      fix: finding.fix.slice(0, 1000),
      durationMs,
    })
    return finding.result !== 'failed'
  }

  skip(target: string, because: string): void {
    this.#rows.push({
      target: target.slice(0, 300),
      result: 'skipped',
      says: because.slice(0, 1000),
      fix: '',
      durationMs: 0,
    })
  }
}

function withDetails(failure: Failure): string {
  const details = Object.entries(failure.details).map(([name, value]) => `${name}: ${value}`)
  return details.length === 0 ? failure.says : `${failure.says} (${details.join(', ')})`
}
