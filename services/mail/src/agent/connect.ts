/**
 * What can go wrong with TCP and TLS, in the failures of mail.
 *
 * @module
 */
import { connectionFailures } from '@sallygate/agent-kit'
import { mailFailure } from '../contract.ts'

/** @throws MAIL_UNREACHABLE, MAIL_TLS_*. */
export const failures = connectionFailures(mailFailure, {
  notPinned: 'TLS_PIN_MISMATCH',
  thumbprintAs: 'sha256',
})
