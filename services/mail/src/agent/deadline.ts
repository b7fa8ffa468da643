/**
 * Time limits, with the failure of this service for a step that took too long.
 *
 * @module
 */
import { timeLimit } from '@sallygate/agent-kit'
import { mailFailure } from '../contract.ts'

/** @throws MAIL_TIME_OUT, SERVICE_DEADLINE, what the caller's signal says. */
export const within = timeLimit((options) => mailFailure('TIME_OUT', options))
