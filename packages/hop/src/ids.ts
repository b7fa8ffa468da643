/**
 * Names of the parties: random bytes, so that they are also the pseudonyms the relay sees.
 *
 * In the program and in JSON they are lower-case hex, on the wire raw bytes. What a
 * group or an instance is called by people never enters this package.
 *
 * @module
 */
import { fromHex, randomBytes, toHex } from '@sallygate/base/bytes'

/** A string that does not fit where another kind of string is meant. Plain text fits; decoding checks it. */
type Named<Name extends string> = string & { readonly named?: Name }

export type GroupId = Named<'GroupId'>
export type InstanceId = Named<'InstanceId'>
export type RelayId = Named<'RelayId'>
export type ConsoleId = Named<'ConsoleId'>
/** The instance part of an address. */
export type PeerId = InstanceId | ConsoleId
/** One proven connection. 8 bytes, made by the relay. */
export type AttachmentId = Named<'AttachmentId'>
/** What a sender calls one cargo, so that it can be told when that one was not delivered. 8 bytes. */
export type CargoToken = Named<'CargoToken'>

/** 16 zero bytes: no group, or any console. */
export const noId = '00'.repeat(16)

export function isId(text: string): boolean {
  return /^[0-9a-f]{32}$/.test(text)
}

export function randomId(): string {
  return toHex(randomBytes(16))
}

export function randomToken(): CargoToken {
  return toHex(randomBytes(8))
}

/** @throws BASE_MALFORMED for anything but lower-case hex. */
export function idBytes(id: string): Buffer {
  return fromHex(id)
}
