/**
 * What can go wrong with TCP and TLS, in the failures of a service.
 *
 * @module
 */
import type { Failure, FailureOptions } from '@sallygate/base/failure'
import type { TlsProblem } from './tls-problem.ts'

/** The rows that every service has which connects. */
type SharedKey = 'UNREACHABLE' | 'TLS_WRONG_NAME' | 'TLS_EXPIRED' | 'TLS_UNTRUSTED' | 'TLS_FAILED'

export interface OwnKeys<Key extends string> {
  readonly notPinned: Key
  /** Absent where we show no certificate of our own; then it is one of those that came to nothing. */
  readonly refusedByServer?: Key
  /** What the SHA-256 of the certificate is called in the details. */
  readonly thumbprintAs?: string
}

export interface ConnectionFailures {
  readonly unreachable: (options: FailureOptions) => Failure
  readonly tlsFailure: (problem: TlsProblem) => Failure
}

export function connectionFailures<Key extends string>(
  make: (key: Key | SharedKey, options: FailureOptions) => Failure,
  { notPinned, refusedByServer, thumbprintAs = 'thumbprint' }: OwnKeys<Key>,
): ConnectionFailures {
  const keys = {
    wrongName: 'TLS_WRONG_NAME',
    expired: 'TLS_EXPIRED',
    untrusted: 'TLS_UNTRUSTED',
    notPinned,
    refusedByServer: refusedByServer ?? 'TLS_FAILED',
    failed: 'TLS_FAILED',
  } as const
  return {
    unreachable: (options) => make('UNREACHABLE', options),
    tlsFailure: ({ kind, details, thumbprint, cause }) =>
      make(keys[kind], {
        ...(cause === undefined ? {} : { cause }),
        details: thumbprint === undefined ? details : { ...details, [thumbprintAs]: thumbprint },
      }),
  }
}
