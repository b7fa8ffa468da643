/**
 * Addresses: where a cargo goes and where it came from.
 *
 * @module
 */
import { noId, type ConsoleId, type GroupId, type InstanceId, type PeerId } from './ids.ts'
import { name, record, word } from './kinds.ts'

/** A console decides, a connector works, a guest is a connector that is not enrolled yet. */
export const roleWord = word({ console: 1, connector: 2, guest: 3 })
export type Role = keyof typeof roleWord.words

export const addressLayout = record('address', {
  role: roleWord,
  group: name<GroupId>(16),
  instance: name<PeerId>(16),
})

export interface Address {
  readonly role: Role
  /** Zeros for consoles and guests. */
  readonly group: GroupId
  /** For a console its ConsoleId; zeros mean any console. */
  readonly instance: PeerId
}

export const anyConsole: Address = { role: 'console', group: noId, instance: noId }

/** What a sender writes as its own address; the relay puts the true one there. */
export const unknownSender: Address = anyConsole

export function consoleAddress(id: ConsoleId): Address {
  return { role: 'console', group: noId, instance: id }
}

export function connectorAddress(group: GroupId, instance: InstanceId): Address {
  return { role: 'connector', group, instance }
}

/** One text per address, for maps. */
export function addressKey(address: Address): string {
  return `${address.role}/${address.group}/${address.instance}`
}
