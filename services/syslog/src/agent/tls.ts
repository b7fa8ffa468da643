/**
 * TLS to a collector: whom to believe, our own certificate, and what can go wrong in the failures of syslog.
 *
 * @module
 */
import type { SecureContext } from 'node:tls'
import { connectionFailures, readAuthorities, trustContext } from '@sallygate/agent-kit'
import { syslogFailure, type SyslogTarget } from '../contract.ts'

/** @throws SYSLOG_TARGET_INVALID for certificates or a key that cannot be read, or do not belong together. */
export function tlsContext(target: SyslogTarget, clientKey: string | undefined): SecureContext {
  const { trust, clientCertificate } = target
  const authorities = readAuthorities(trust, (expected) => invalid('trust', expected))
  if (clientCertificate === undefined && clientKey === undefined) return trustContext(authorities)
  if (clientCertificate === undefined || clientKey === undefined)
    throw invalid(clientKey === undefined ? 'clientKey' : 'clientCertificate', 'a certificate and its key, or neither')
  try {
    return trustContext(authorities, { certificate: clientCertificate, key: clientKey })
  } catch (cause) {
    throw invalid('clientCertificate', 'a certificate and the key that belongs to it, both PEM', cause)
  }
}

function invalid(field: string, expected: string, cause?: unknown) {
  return syslogFailure('TARGET_INVALID', { ...(cause === undefined ? {} : { cause }), details: { field, expected } })
}

/** SYSLOG_UNREACHABLE, SYSLOG_TLS_*. */
export const failures = connectionFailures(syslogFailure, {
  notPinned: 'TLS_WRONG_PIN',
  refusedByServer: 'TLS_CLIENT_REFUSED',
})
