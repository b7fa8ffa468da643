/**
 * Failures: everything that can go wrong and that a person may have to act on.
 *
 * A table holds one row per code, and the row holds everything that is said
 * about it. A bug is not a failure: assertions throw plain errors, end the
 * request, and never reach a retry loop.
 *
 * @module
 */

/** Who should try again: nobody, the same caller after a wait, or another connector or server right away. */
export type Retry = 'never' | 'later' | 'elsewhere'

export interface FailureRow {
  /** What happened, for an administrator. A sentence. */
  readonly says: string
  /** What to do about it. A sentence. */
  readonly fix: string
  readonly retry: Retry
  /** HTTP status the REST API answers with. 500 unless stated. */
  readonly status?: number
}

/** Scalars that are safe to show and to log; nothing secret, nothing long. */
export type FailureDetails = Readonly<Record<string, string | number | boolean>>

export interface FailureOptions {
  readonly cause?: unknown
  readonly details?: FailureDetails
}

export class Failure<Code extends string = string> extends Error {
  readonly code: Code
  readonly says: string
  readonly fix: string
  readonly retry: Retry
  readonly status: number
  readonly details: FailureDetails

  constructor(code: Code, row: FailureRow, options: FailureOptions = {}) {
    super(row.says, options.cause === undefined ? undefined : { cause: options.cause })
    this.name = 'Failure'
    this.code = code
    this.says = row.says
    this.fix = row.fix
    this.retry = row.retry
    this.status = row.status ?? 500
    this.details = options.details ?? {}
  }

  /** What may cross a wire or reach a screen. The cause stays behind, for the log. */
  toJSON(): FailureReport {
    return { code: this.code, says: this.says, fix: this.fix, retry: this.retry, details: this.details }
  }
}

export interface FailureReport {
  readonly code: string
  readonly says: string
  readonly fix: string
  readonly retry: Retry
  readonly details: FailureDetails
}

export interface FailureTable<Prefix extends string, Key extends string> {
  (key: Key, options?: FailureOptions): Failure<`${Prefix}_${Key}`>
  /** Narrows to failures of this table. */
  is(error: unknown): error is Failure<`${Prefix}_${Key}`>
  readonly prefix: Prefix
  readonly rows: Readonly<Record<Key, FailureRow>>
}

/** All tables of this process, so that docs and tests can enumerate them. Codes are unique: a second prefix is a bug. */
const tables = new Map<string, FailureTable<string, string>>()

export function definedFailures(): readonly FailureTable<string, string>[] {
  return [...tables.values()]
}

/**
 * Declares the failures of one package.
 *
 * @example
 * export const fileFailure = defineFailures('FILE', {
 *   NOT_PRIVATE: { says: 'Others can read this key file.', fix: 'chmod 600 it.', retry: 'never' },
 * })
 * throw fileFailure('NOT_PRIVATE', { details: { path } })
 */
export function defineFailures<const Prefix extends string, const Key extends string>(
  prefix: Prefix,
  rows: Readonly<Record<Key, FailureRow>>,
): FailureTable<Prefix, Key> {
  if (tables.has(prefix)) throw new Error(`failure prefix ${prefix} is taken`)
  const make = (key: Key, options?: FailureOptions) => new Failure(`${prefix}_${key}` as const, rows[key], options)
  const is = (error: unknown): error is Failure<`${Prefix}_${Key}`> =>
    error instanceof Failure && error.code.startsWith(`${prefix}_`) && error.code.slice(prefix.length + 1) in rows
  const table = Object.assign(make, { is, prefix, rows })
  tables.set(prefix, table as unknown as FailureTable<string, string>)
  return table
}

/** Rebuilds a failure that a peer reported. Its words are kept, bounded; its cause never travelled. */
export function failureFromReport(report: FailureReport): Failure {
  const row = { says: report.says.slice(0, 500), fix: report.fix.slice(0, 500), retry: report.retry, status: 502 }
  return new Failure(report.code.slice(0, 80), row, { details: report.details })
}
