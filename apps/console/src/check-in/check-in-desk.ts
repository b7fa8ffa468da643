/**
 * The check-in desk: a device says how it is and what it did, and hears what to do.
 *
 * The signature is checked before anything is read, and the number of the check-in is used
 * up before anything is done: what somebody recorded cannot be sent again. Whoever is not
 * enrolled hears one answer, whatever the reason.
 *
 * @module
 */
import { fromBase64Url } from '@sallygate/base/bytes'
import type { Clock } from '@sallygate/base/clock'
import type { DeviceCommand } from '@sallygate/domain'
import type { Store, StoredDevice } from '@sallygate/store'
import type { CommandBook } from '../commands/command-book.ts'
import type { DeviceBook } from '../devices/device-book.ts'
import { deviceFailure } from '../devices/failures.ts'
import type { InventoryPort } from '../devices/ports.ts'
import type { RuleBook } from '../devices/rule-book.ts'
import { hubSource } from '../device-enrollment/enrollment-desk.ts'
import { checkInLabel, isSignedBy, signedText } from './statement.ts'
import { checkInStatement, readStatement } from './statement-schema.ts'

export interface CheckIn {
  readonly device: string
  readonly sequence: number
  readonly statement: string
  readonly signature: string
}

export interface CheckedIn {
  readonly device: StoredDevice
  readonly commands: readonly DeviceCommand[]
  readonly nextMs: number
}

export interface CheckInDeskParts {
  readonly store: Store
  readonly clock: Clock
  readonly rules: RuleBook
  readonly book: DeviceBook
  readonly inventory: InventoryPort
  readonly commands: CommandBook
}

export class CheckInDesk {
  readonly #parts: CheckInDeskParts

  constructor(parts: CheckInDeskParts) {
    this.#parts = parts
  }

  /** @throws DEVICE_CREDENTIAL_REFUSED, DEVICE_REPLAYED, DEVICE_STATEMENT_UNUSABLE, STORE_BUSY. */
  async receive({ device: id, sequence, statement, signature }: CheckIn): Promise<CheckedIn> {
    const { store, clock, book, inventory, commands } = this.#parts
    const known = await this.#prove(id, [id, String(sequence)], statement, signature)
    if (!(await store.deviceCredentials.count(id, sequence))) {
      // Whoever hears this has the key, and may go on above the number.
      const last = (await store.deviceCredentials.find(id))?.sequence ?? sequence
      throw deviceFailure('REPLAYED', { details: { sequence: last } })
    }
    const said = readStatement(checkInStatement, statement)
    for (const { command, outcome, says } of said.results) await commands.acknowledge(id, command, outcome, says)
    if (said.isLeaving) await book.unenroll(id, 'the device')
    const isGone = (await store.deviceCredentials.find(id)) === undefined
    if (!isGone) {
      await inventory.report({
        group: known.group,
        source: hubSource,
        device: id,
        identifiers: said.identifiers,
        facts: said.facts as Parameters<InventoryPort['report']>[0]['facts'],
        atMs: said.atMs ?? clock.now().getTime(),
      })
    }
    return {
      device: await book.get(id),
      commands: isGone ? [] : await commands.take(id),
      nextMs: await this.#nextMs(known.group),
    }
  }

  async #prove(id: string, about: readonly string[], statement: string, signature: string): Promise<StoredDevice> {
    const { store } = this.#parts
    const credential = await store.deviceCredentials.find(id)
    const isProven =
      credential !== undefined &&
      isSignedBy(credential.publicKey, signedText(checkInLabel, about, statement), bytesOf(signature))
    const device = isProven ? await store.devices.find(id) : undefined
    if (device === undefined || device.state === 'deleted') throw deviceFailure('CREDENTIAL_REFUSED')
    return device
  }

  async #nextMs(group: string): Promise<number> {
    const minutes = (await this.#parts.rules.current()).of(group)?.settings.checkInMinutes ?? 15
    return minutes * 60_000
  }
}

function bytesOf(text: string): Buffer {
  try {
    return fromBase64Url(text)
  } catch {
    return Buffer.alloc(0)
  }
}
