/**
 * Dial: the dialling side of a hop. Moves cargo, cannot open it.
 *
 * @module
 */
export { dial } from './dial.ts'
export type { DialOptions } from './dial.ts'
export { HopClient } from './client.ts'
export type { ClientHandlers, SendOptions } from './client.ts'
export type { Fate, Sending } from './outbox.ts'
export type { Acknowledge, CargoHandler } from './inbox.ts'
export type { RosterEvent } from './attachment.ts'
export type { Way } from './ways.ts'
export type { DialState, DialStatus } from './state.ts'
export type { Connect, TlsOptions } from './path.ts'
export type { DialTuning } from './tuning.ts'
export { diagnose } from './diagnose.ts'
export type { DiagnoseOptions } from './diagnose.ts'
export type { CheckRow } from './finding.ts'
export { parseRelayUrl } from './relay-url.ts'
export { dialFailure } from './failures.ts'
export type { DialFailure } from './failures.ts'
export {
  inspectionAuthorities,
  makeWayOut,
  type ProxyEnvironment,
  type WayOutSurroundings,
} from './proxy/make-way-out.ts'
export type { Credentials, LoginContext, Scheme } from './proxy/login.ts'
export { loadKerberos, negotiateScheme, type KerberosModule } from './proxy/negotiate.ts'
export { ntlmScheme } from './proxy/ntlm-scheme.ts'
export { proxyFields, type ProxySettings } from './proxy/settings.ts'
export { tokenScheme, type TokenMaker } from './proxy/token-scheme.ts'
export { WayOut } from './proxy/way-out.ts'
