/**
 * A cargo frame as the relay handles it: looked at where the address is, changed in
 * one place, and passed on without a copy.
 *
 * The offsets follow from the layout in `frames.ts`; a property test holds the two
 * together. Decoding every cargo into an object and encoding it again would cost the
 * relay more than everything else it does.
 *
 * @module
 */
import type { Bytes } from '@sallygate/base/bytes'
import { addressLayout, type Address, type Role } from './address.ts'
import { frameTable } from './frames.ts'
import { limits } from './limits.ts'

const addressBytes = 33
const toAt = 1
const fromAt = toAt + addressBytes
const tokenAt = fromAt + addressBytes
const ttlAt = tokenAt + 8
const lengthAt = ttlAt + 4
const cargoAt = lengthAt + 4

/** Bytes of a cargo frame besides the cargo. */
export const cargoFrameOverhead = cargoAt

const roles = new Map<number, Role>(
  Object.entries(addressLayout.fields.role.words).map(([name, code]) => [code, name as Role]),
)

export function isCargoFrame(frame: Bytes): boolean {
  return frame[0] === frameTable.cargo.code
}

/** `malformed` when decoding would fail, `tooLarge` when it would fail for the size of the cargo only. */
export type CargoShape = 'whole' | 'tooLarge' | 'malformed'

export function cargoShape(frame: Buffer): CargoShape {
  if (frame.length < cargoAt || frame.readUInt32BE(lengthAt) !== frame.length - cargoAt) return 'malformed'
  if (!roles.has(frame[toAt] ?? 0) || !roles.has(frame[fromAt] ?? 0)) return 'malformed'
  return frame.length - cargoAt > limits.cargoBytes ? 'tooLarge' : 'whole'
}

/** Role, group and instance of the receiver as one text: a key for maps, the same as `routeKey` of that address. */
export function routeOf(frame: Buffer): string {
  return frame.toString('latin1', toAt, fromAt)
}

export function routeKey(address: Address): string {
  return addressLayout.encode(address).toString('latin1')
}

export function receiverRole(frame: Bytes): Role | undefined {
  return roles.get(frame[toAt] ?? 0)
}

export function tokenOf(frame: Buffer): string {
  return frame.toString('hex', tokenAt, ttlAt)
}

export function ttlOf(frame: Buffer): number {
  return frame.readUInt32BE(ttlAt)
}

export function cargoLength(frame: Bytes): number {
  return frame.length - cargoAt
}

/** @param sender An encoded address. What the sender wrote there is lost, and meant to be. */
export function stampSender(frame: Buffer, sender: Bytes): void {
  frame.set(sender, fromAt)
}

export function stampTtl(frame: Buffer, ttlMs: number): void {
  frame.writeUInt32BE(ttlMs, ttlAt)
}
