/**
 * Time limits, with the failure of this service for a step that took too long.
 *
 * @module
 */
import { timeLimit } from '@sallygate/agent-kit'
import { syslogFailure } from '../contract.ts'

/** @throws SYSLOG_TIME_OUT, SERVICE_DEADLINE, what the caller's signal says. */
export const within = timeLimit((options) => syslogFailure('TIME_OUT', options))
