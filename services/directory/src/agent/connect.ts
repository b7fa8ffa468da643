/**
 * What can go wrong with TCP and TLS, in the failures of the directory.
 *
 * @module
 */
import { connectionFailures } from '@sallygate/agent-kit'
import { directoryFailure } from '../contract.ts'

/** @throws DIRECTORY_UNREACHABLE, DIRECTORY_TLS_*. */
export const failures = connectionFailures(directoryFailure, { notPinned: 'TLS_NOT_PINNED' })
