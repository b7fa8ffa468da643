/**
 * LDAP (RFC 4511): bytes, messages, filters, names; a session for a client, and a small server.
 *
 * Everything read here comes from a peer and is bounded before it is believed. No
 * opinion about us lives here: no settings, no policy, no names of our own.
 *
 * @module
 */
export * from './ber.ts'
export * from './controls.ts'
export * from './dir-sync.ts'
export * from './dn.ts'
export * from './failures.ts'
export * from './filter.ts'
export * from './filter-text.ts'
export * from './framer.ts'
export * from './message.ts'
export * from './message-decoder.ts'
export * from './message-encoder.ts'
export * from './netlogon.ts'
export * from './result-codes.ts'
export * from './server.ts'
export { ldapResult } from './server-connection.ts'
export * from './session.ts'
export * from './tree.ts'
