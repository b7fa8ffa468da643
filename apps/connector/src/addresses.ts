/**
 * Addresses a connector uses. The relay believes none of what is said about the sender.
 *
 * @module
 */
import type { DialOptions } from '@sallygate/dial'
import type { ConsoleId } from '@sallygate/trust'
import type { Enrollment } from './identity.ts'

export type Address = DialOptions['address']

const none = '00'.repeat(16)

/** Without an id: any console. */
export function consoleAddress(console?: ConsoleId): Address {
  return { role: 'console', group: none, instance: console ?? none }
}

export function ownAddress({ group, instance }: Enrollment): Address {
  return { role: 'connector', group, instance }
}

/** Before enrollment; the relay gives a guest its instance. */
export const guestAddress: Address = { role: 'guest', group: none, instance: none }
