/**
 * What the operating system and TLS say, in words that help.
 *
 * @module
 */
import { certificateVerdict, type CertificateVerdict } from '@sallygate/base/certificate-verdict'
import { Failure } from '@sallygate/base/failure'
import { iseClientFailure } from './failures.ts'

type Key =
  | 'NAME_UNKNOWN'
  | 'NOT_TLS'
  | 'CERTIFICATE_EXPIRED'
  | 'CERTIFICATE_NAME'
  | 'CERTIFICATE_UNTRUSTED'
  | 'TIMED_OUT'

const byCode: Readonly<Record<string, Key>> = {
  ENOTFOUND: 'NAME_UNKNOWN',
  EAI_AGAIN: 'NAME_UNKNOWN',
  EAI_NODATA: 'NAME_UNKNOWN',
  ETIMEDOUT: 'TIMED_OUT',
  EPROTO: 'NOT_TLS',
  ERR_SSL_WRONG_VERSION_NUMBER: 'NOT_TLS',
  ERR_SSL_PACKET_LENGTH_TOO_LONG: 'NOT_TLS',
}

const byVerdict: Readonly<Record<CertificateVerdict, Key>> = {
  wrongName: 'CERTIFICATE_NAME',
  expired: 'CERTIFICATE_EXPIRED',
  untrusted: 'CERTIFICATE_UNTRUSTED',
}

/** The row for a certificate check or a system call that failed; UNREACHABLE when there is no better one. */
export function networkFailureKey(code: string): Key | 'UNREACHABLE' {
  const verdict = certificateVerdict(code)
  if (verdict !== undefined) return byVerdict[verdict]
  return byCode[code] ?? (code.startsWith('ERR_SSL_') ? 'NOT_TLS' : 'UNREACHABLE')
}

/** A failure stays what it is; anything else is named by its code. */
export function nameNetworkError(error: unknown, target: string): Failure {
  if (error instanceof Failure) return error
  const code = codeOf(error)
  return iseClientFailure(networkFailureKey(code), { cause: error, details: { target, because: code } })
}

/** Trying several addresses ends in one error that holds all; the first says as much as the others. */
function codeOf(error: unknown): string {
  if (error instanceof AggregateError && error.errors.length > 0) return codeOf(error.errors[0])
  const { code } = error as NodeJS.ErrnoException
  return code ?? 'unknown'
}
