/**
 * Time limits, with the failure of this service for a step that took too long.
 *
 * @module
 */
import { timeLimit } from '@sallygate/agent-kit'
import { directoryFailure } from '../contract.ts'

/** @throws DIRECTORY_TIME_OUT, SERVICE_DEADLINE, what the caller's signal says. */
export const within = timeLimit((options) => directoryFailure('TIME_OUT', options))
