/**
 * The inventory's ports: how agents and sources tell it of devices, and how anybody asks a device to do something.
 *
 * What they promise, and nothing of how. `Inventory` and `CommandBook` keep it.
 *
 * @module
 */
import type { CommandKind, DeviceCommand, DeviceId, DeviceReport, MessageText } from '@sallygate/domain'

export interface Reported {
  readonly device: DeviceId
  /** `ignored`: it names nobody, or names a device that this source may not speak of. Nothing was stored. */
  readonly kind: 'added' | 'updated' | 'ignored'
}

export interface InventoryPort {
  /**
   * One observation of one device. Finds the device or makes one, merges, evaluates, and tells nac, all or nothing.
   * The same report twice changes nothing. It may be older than what is known: then it wins nothing.
   *
   * @throws STORE_* only; what a source says can be unusable, and is never an error.
   */
  report(report: DeviceReport): Promise<Reported>
  /**
   * A source has asked and knows the device no more: what it said is forgotten. A device that no source
   * speaks of any more is unenrolled. Never called because a source does not answer.
   */
  withdraw(source: { readonly group: string; readonly source: string; readonly sourceId: string }): Promise<void>
}

export interface CommandRequest {
  readonly device: DeviceId
  readonly kind: CommandKind
  /** Of a message. */
  readonly text?: MessageText | undefined
  /** Who asks, as a person would name it: an administrator, or an account and the address of its policy node. */
  readonly by: string
  readonly note?: string | undefined
  /** Of whoever asks: the same one again is the same command, whatever became of it. */
  readonly dedupKey?: string | undefined
}

export interface CommandPort {
  /**
   * Queues a command until the device checks in. A lock or a wipe that is asked for while one is waiting is that one.
   *
   * @throws DEVICE_NOT_FOUND, DEVICE_NOT_ENROLLED, DEVICE_HAS_NO_AGENT, DEVICE_FULL_WIPE_OFF, DEVICE_TOO_MANY_COMMANDS.
   */
  request(request: CommandRequest): Promise<{ readonly command: DeviceCommand; readonly isNew: boolean }>
}
