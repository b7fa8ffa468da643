/**
 * The relay as a part of a process: start it, stop it.
 *
 * @module
 */
export { startRelay } from './relay.ts'
export type { Relay, RelayOptions } from './relay.ts'
export { relaySettings } from './settings.ts'
export type { RelaySettings } from './settings.ts'
