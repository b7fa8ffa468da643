/**
 * The operations of a session, which connectors ask of the console: a closed list of its own.
 *
 * All may be repeated, so their class is R. A console that has started anew cannot
 * open what was sealed to the key it had before; it announces its new descriptor to
 * every connector it finds attached, and a connector that gets one says hello again.
 *
 * @module
 */
import type { KnownOperations } from './gate-options.ts'
import { SESSION_RENEW } from './session-report.ts'
import { SESSION_HELLO, SESSION_REPORT } from './session.ts'

/** Rises when one of them is added, removed or changes its layout. */
export const SESSION_TABLE_VERSION = 1

const names: readonly string[] = [SESSION_HELLO, SESSION_REPORT, SESSION_RENEW]

export const sessionOperations: KnownOperations = {
  tableVersion: SESSION_TABLE_VERSION,
  classOf: (operation) => (names.includes(operation) ? 'R' : undefined),
}

/** The query id of a descriptor that nobody asked for. */
export const ANNOUNCEMENT = '00'.repeat(16)
