/**
 * Hop: frames between a peer and the relay, the session proof, the admission list, the secure channel.
 *
 * @module
 */
export * from './ids.ts'
export { addressKey, addressLayout, anyConsole, connectorAddress, consoleAddress, unknownSender } from './address.ts'
export type { Address, Role } from './address.ts'
export { frameTable } from './frames.ts'
export type { Frame, FrameName, FrameNamed, PeerFrame, RelayFrame, RosterEntry, Sender } from './frames.ts'
export { decodeFrame, encodeFrame } from './codec.ts'
export * from './cargo-frame.ts'
export * from './proof.ts'
export { handOverMessage, signHandOver, verifyHandOver } from './hand-over.ts'
export type { HandOver } from './hand-over.ts'
export { publicKeyFromRaw, rawPublicKey, signWith, verifyRaw } from './keys.ts'
export type { Sign } from './keys.ts'
export { decodeSecureChannel, encodeSecureChannel } from './secure-channel.ts'
export type { SecureChannel } from './secure-channel.ts'
export { admissionParts, openAdmission, signAdmission } from './admission.ts'
export type { AdmissionEntry, AdmissionList } from './admission.ts'
export * from './poll.ts'
export { hopVersion, limits } from './limits.ts'
export { hopFailure } from './failures.ts'
