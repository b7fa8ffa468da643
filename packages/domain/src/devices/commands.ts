/**
 * Commands: what a device is asked to do at its next check-in.
 *
 * @module
 */

export const commandKinds = ['lock', 'message', 'enterpriseWipe', 'fullWipe', 'report'] as const
export type CommandKind = (typeof commandKinds)[number]

/** `sent` may be sent again: a device acknowledges, and knows a command by its id. */
export const commandStates = ['queued', 'sent', 'done', 'failed', 'expired', 'cancelled'] as const
export type CommandState = (typeof commandStates)[number]

export interface MessageText {
  readonly title: string
  readonly body: string
}

export interface DeviceCommand {
  readonly id: string
  readonly device: string
  readonly kind: CommandKind
  /** Of a message only. */
  readonly text?: MessageText | undefined
  readonly state: CommandState
  /** Who asked, as a person would name it: an administrator, or an account and the address of its policy node. */
  readonly by: string
  readonly note?: string | undefined
  readonly requestedAtMs: number
  readonly sentAtMs?: number | undefined
  readonly endedAtMs?: number | undefined
  /** What the device answered, in its words. */
  readonly result?: string | undefined
}
