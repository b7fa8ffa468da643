/**
 * What PostgreSQL's errors mean, and those of the way to it.
 *
 * @module
 */
import { Failure } from '@sallygate/base/failure'
import { storeFailure } from './failures.ts'

type Kind = Parameters<typeof storeFailure>[0]

/** Codes of https://www.postgresql.org/docs/15/errcodes-appendix.html; two characters stand for a class. */
const states = new Map<string, Kind>([
  ['08', 'UNREACHABLE'],
  ['22021', 'TEXT_UNUSABLE'],
  ['25006', 'SERVER_READ_ONLY'],
  ['25P03', 'BUSY'],
  ['28', 'LOGIN_REFUSED'],
  ['3D000', 'NO_DATABASE'],
  ['40', 'BUSY'],
  ['42501', 'NOT_ALLOWED'],
  ['53100', 'DISK_FULL'],
  ['53', 'UNREACHABLE'],
  ['55P03', 'BUSY'],
  ['57014', 'BUSY'],
  ['57P', 'UNREACHABLE'],
  ['58', 'CANNOT_WRITE'],
  ['XX001', 'CORRUPT'],
  ['XX002', 'CORRUPT'],
])

/** What the driver says in words only. */
const sentences: readonly (readonly [RegExp, Kind])[] = [
  [/^timeout exceeded when trying to connect/, 'BUSY'],
  [/does not support SSL|SSL negotiation/i, 'TLS_REFUSED'],
  [/password must be a|SCRAM|no password|authentication/i, 'LOGIN_REFUSED'],
  [/^(timeout expired|Query read timeout|Connection terminated|Client (has|was)|Cannot use a pool)/, 'UNREACHABLE'],
]

const networkErrors = /^(ECONN|EPIPE|ETIMEDOUT|ENOTFOUND|EAI_|EHOST|ENET|ENOENT$|EACCES$|EPROTO$|ERR_STREAM)/
const tlsErrors = /CERT|SELF_SIGNED|UNABLE_TO_|ERR_TLS|ERR_SSL/

/** @returns a failure of the store, or the error itself where it is a broken rule of the schema or a bug. */
export function namePostgresError(cause: unknown, server: string): unknown {
  if (!(cause instanceof Error) || cause instanceof Failure) return cause
  const code = codeOf(cause)
  const kind = kindOf(code, cause.message)
  return kind === undefined ? cause : storeFailure(kind, { cause, details: { server, reason: code ?? 'no answer' } })
}

function kindOf(code: string | undefined, message: string): Kind | undefined {
  if (code !== undefined && tlsErrors.test(code)) return 'TLS_REFUSED'
  if (code !== undefined && networkErrors.test(code)) return 'UNREACHABLE'
  const isState = code !== undefined && /^[0-9A-Z]{5}$/.test(code)
  if (isState) return states.get(code) ?? states.get(code.slice(0, 3)) ?? states.get(code.slice(0, 2))
  return sentences.find(([sentence]) => sentence.test(message))?.[1]
}

/** Several addresses of one name that all failed come as one error without a code of its own. */
function codeOf(error: Error): string | undefined {
  const { code } = error as { code?: unknown }
  if (typeof code === 'string') return code
  const first: unknown = error instanceof AggregateError ? error.errors.at(0) : undefined
  return first instanceof Error ? codeOf(first) : undefined
}

/** While opening, a table or column that is not there means that somebody took it away. */
export function isMissingTable(error: unknown): boolean {
  const { code } = error as { code?: string }
  return code === '42P01' || code === '42703'
}
