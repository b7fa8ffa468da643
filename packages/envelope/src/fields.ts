/**
 * Fields that several messages share.
 *
 * @module
 */
import { fromHex, toHex } from '@sallygate/base/bytes'
import { fixed, layout, list, word, type Field } from '@sallygate/base/layout'
import { idField, type ConsoleId, type InstanceId } from '@sallygate/trust'
import { MAX_PATH } from './limits.ts'

/** Fixed bytes on the wire, lower-case hex in the program. */
export function hex(length: number): Field<string> {
  const inner = fixed(length)
  return {
    write: (to, value) => inner.write(to, fromHex(value)),
    read: (from) => toHex(inner.read(from)),
  }
}

/** A field that is still needed for the wire, but whose type the program chooses. */
export const endpoint: Field<EndpointId> = idField<InstanceId>() as Field<EndpointId>

/** An end of an envelope: a connector instance, or a console. */
export type EndpointId = InstanceId | ConsoleId

export const kinds = {
  request: 1,
  replyChunk: 2,
  descriptorQuery: 3,
  descriptor: 4,
  enrollmentRequest: 5,
  enrollmentReply: 6,
} as const

export type CargoKind = keyof typeof kinds

/** What a cargo says it is. Unauthenticated: for choosing whom to hand it to, and for nothing else. */
export function kindOf(cargo: Uint8Array): CargoKind | undefined {
  return (Object.keys(kinds) as CargoKind[]).find((kind) => kinds[kind] === cargo[0])
}

export const direction = word({ consoleToConnector: 1, connectorToConsole: 2 })
export type Direction = 'consoleToConnector' | 'connectorToConsole'

/** Which part of the product asks. The seed's toggles, here and in the policy file, are about these. */
export const component = word({ deviceServices: 1, deviceManagement: 2, selfService: 3, other: 4 })
export type Component = 'deviceServices' | 'deviceManagement' | 'selfService' | 'other'

/** Delivery classes: read, bind, set-state, non-repeatable, outbox, job. */
export const operationClass = word({ R: 1, B: 2, S: 3, N: 4, O: 5, J: 6 })
export type OperationClass = 'R' | 'B' | 'S' | 'N' | 'O' | 'J'

export const outcome = word({ accepted: 1, notStarted: 2, done: 3, failed: 4 })
export type Outcome = 'accepted' | 'notStarted' | 'done' | 'failed'

/** What follows every signed part. With a path, the signature is over the root of the tree that it leads to. */
export const sealFields = { path: list(fixed(32), MAX_PATH), signature: fixed(64) }
export const sealLayout = layout(sealFields)

export function oppositeOf(way: Direction): Direction {
  return way === 'consoleToConnector' ? 'connectorToConsole' : 'consoleToConnector'
}
