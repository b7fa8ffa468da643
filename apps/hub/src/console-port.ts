/**
 * What the hub says to the console and hears from it, without how it travels.
 *
 * @module
 */
import type { Enrollment } from './home.ts'
import type { Order } from './orders.ts'
import type { Facts, Identifiers } from './platform/observation.ts'

export interface CheckIn {
  readonly enrollment: Enrollment
  readonly sequence: number
  readonly observedAt: Date
  readonly identifiers: Identifiers
  readonly facts: Facts
  readonly outcomes: readonly { readonly id: string; readonly isDone: boolean; readonly says: string }[]
  /** The agent is being removed: the console un-enrolls the device. */
  readonly isLeaving?: boolean
}

export interface CheckInReply {
  readonly orders: readonly Order[]
  readonly intervalMs: number | undefined
  readonly consoleTime: Date | undefined
}

export interface ConsolePort {
  /** @throws HUB_*. */
  checkIn(said: CheckIn): Promise<CheckInReply>
}
