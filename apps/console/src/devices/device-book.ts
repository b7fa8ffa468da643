/**
 * The device book: what administrators and agents decide about a device, and what time does.
 *
 * Every change is one transaction: rows, history, credential, commands, and what nac is told.
 *
 * @module
 */
import { randomUUID } from 'node:crypto'
import type { Clock } from '@sallygate/base/clock'
import type { Log } from '@sallygate/base/log'
import type { DeviceCommand, DeviceState, Statement } from '@sallygate/domain'
import { storeFailure, type Store, type StoredDevice } from '@sallygate/store'
import type { Events } from '../events/events.ts'
import { DeviceWriter, type Inside } from './device-writer.ts'
import { deviceFailure } from './failures.ts'
import type { NewHistory } from './history.ts'
import type { DeviceGround } from './picture.ts'
import type { RuleBook, Rules } from './rule-book.ts'

export interface DeviceBookParts {
  readonly store: Store
  readonly clock: Clock
  readonly log: Log
  readonly rules: RuleBook
  readonly events: () => Pick<Events, 'raise'>
}

/** A hundredth of a second each, at most: nobody waits long behind it. */
const evaluatedTogether = 100
const deletedForMs = 30 * 86_400_000
/** Until one that could not be evaluated is tried again. */
const postponedMs = 3_600_000

export class DeviceBook {
  readonly #parts: DeviceBookParts

  constructor(parts: DeviceBookParts) {
    this.#parts = parts
  }

  /** @throws DEVICE_NOT_FOUND, also for one that is deleted. */
  async get(id: string): Promise<StoredDevice> {
    return there(await this.#parts.store.devices.find(id))
  }

  /** What an administrator calls it, and where it belongs. @throws DEVICE_NOT_FOUND. */
  change(
    id: string,
    {
      name,
      group,
      by,
    }: { readonly name?: string | null | undefined; readonly group?: string | undefined; readonly by: string },
  ): Promise<StoredDevice> {
    return this.#changing(id, (device) => [
      {
        ...device,
        ...(group === undefined ? {} : { group }),
        ...(name === undefined ? {} : { givenName: name ?? undefined }),
      },
      [{ kind: 'changed', details: { by } }],
    ])
  }

  /** Its agent is refused from now on, what waits for it is cancelled, and network access control knows it no more. */
  async unenroll(id: string, by: string, note = ''): Promise<StoredDevice> {
    const device = await this.#changing(id, async (before, inside) => {
      await letGo(inside, id, 'un-enrolled')
      return [this.#inState(before, 'unenrolled'), [{ kind: 'unenrolled', details: { by, note } }]]
    })
    this.#parts
      .events()
      .raise('deviceUnenrolled', { about: device.name, group: device.group, details: { device: id, by } })
    return device
  }

  /** As `unenroll`, and gone from every list. It comes back as another device when somebody reports it again. */
  async remove(id: string, by: string, note = ''): Promise<void> {
    const device = await this.#changing(id, async (before, inside) => {
      await letGo(inside, id, 'deleted')
      return [this.#inState(before, 'deleted'), [{ kind: 'deleted', details: { by, note } }]]
    })
    this.#parts.events().raise('deviceUnenrolled', {
      about: device.name,
      group: device.group,
      details: { device: id, by, isDeleted: true },
    })
  }

  /** The agent says that it is done with a wipe: there is nothing left of us on the device. */
  async wiped(id: string, { id: command, kind }: DeviceCommand, result: string): Promise<StoredDevice> {
    const device = await this.#changing(id, async (before, inside) => {
      await inside.deviceCommands.end(id, command, 'done', result)
      await letGo(inside, id, 'wiped')
      return [this.#inState(before, 'wiped'), [{ kind: 'wiped', details: { kind } }]]
    })
    this.#parts
      .events()
      .raise('deviceWiped', { about: device.name, group: device.group, details: { device: id, kind } })
    return device
  }

  /** Between asking for a wipe and its end; back when it was cancelled, failed, or waited too long. */
  wipePending(id: string, isPending: boolean): Promise<StoredDevice> {
    return this.#changing(id, (before) => {
      const [from, to] = isPending ? (['enrolled', 'wipePending'] as const) : (['wipePending', 'enrolled'] as const)
      return [before.state === from ? this.#inState(before, to) : before, []]
    })
  }

  /** A new enrollment: the state it may be in ends, and the grace begins. Inside the transaction of who enrolls it. */
  async enrolled(
    writer: DeviceWriter,
    before: StoredDevice | undefined,
    more: { readonly group: string; readonly statements: readonly Statement[] },
    history: readonly NewHistory[],
  ): Promise<StoredDevice> {
    const nowMs = this.#nowMs
    const fresh = { id: randomUUID(), state: 'enrolled' as const, stateAtMs: nowMs, macs: [], sourceIds: [] }
    const known = before === undefined ? fresh : this.#inState(before, 'enrolled')
    const ground = { ...known, ...more, isWithdrawn: false, enrolledAtMs: nowMs }
    return writer.write(ground, before, history)
  }

  /** Evaluates now, whatever is due. @throws DEVICE_NOT_FOUND. */
  evaluate(id: string): Promise<StoredDevice> {
    return this.#changing(id, (device) => [device, []])
  }

  /** Evaluates some of what is due. @returns how many. */
  async evaluateDue(): Promise<number> {
    const { store } = this.#parts
    const ids = await store.devices.due(this.#nowMs, evaluatedTogether)
    if (ids.length === 0) return 0
    try {
      await this.#evaluateAll(ids)
    } catch (error) {
      // A store that is away is away for all of them.
      if (storeFailure.is(error)) throw error
      for (const id of ids) await this.#evaluateAlone(id)
    }
    return ids.length
  }

  async #evaluateAll(ids: readonly string[]): Promise<void> {
    const { store, rules: book, clock } = this.#parts
    const rules = await book.current()
    await store.transaction(async (inside) => {
      await inside.devices.hold()
      const writer = new DeviceWriter(clock, inside, rules)
      for (const device of await inside.devices.findAll(ids)) await writer.write(device, device)
    })
  }

  /** One that cannot be evaluated must not keep the others from it. */
  async #evaluateAlone(id: string): Promise<void> {
    try {
      await this.#evaluateAll([id])
    } catch (error) {
      if (storeFailure.is(error)) throw error
      this.#parts.log.error('a device cannot be evaluated', { device: id, error })
      await this.#parts.store.devices.postpone(id, this.#nowMs + postponedMs)
    }
  }

  /** Forgets what was deleted long ago. */
  async forgetDeleted(): Promise<void> {
    const { store } = this.#parts
    for (const id of await store.devices.longDeleted(this.#nowMs - deletedForMs, 100)) await store.devices.remove(id)
  }

  get #nowMs(): number {
    return this.#parts.clock.now().getTime()
  }

  #inState<D extends DeviceGround>(device: D, state: DeviceState): D {
    return device.state === state ? device : { ...device, state, stateAtMs: this.#nowMs, isWithdrawn: false }
  }

  async #changing(
    id: string,
    change: (
      device: StoredDevice,
      inside: Inside,
    ) => readonly [DeviceGround, readonly NewHistory[]] | Promise<readonly [DeviceGround, readonly NewHistory[]]>,
  ): Promise<StoredDevice> {
    const rules = await this.#freshRules()
    return this.#parts.store.transaction(async (inside) => {
      await inside.devices.hold()
      const before = there(await inside.devices.find(id))
      const [ground, history] = await change(before, inside)
      if (rules.of(ground.group) === undefined) throw deviceFailure('NOT_FOUND')
      return new DeviceWriter(this.#parts.clock, inside, rules).write(ground, before, history)
    })
  }

  /** A device may be moved into a group that was made a moment ago. */
  async #freshRules(): Promise<Rules> {
    await this.#parts.rules.refresh()
    return this.#parts.rules.current()
  }
}

async function letGo(inside: Inside, id: string, because: string): Promise<void> {
  await inside.deviceCredentials.remove(id)
  await inside.deviceCommands.cancelAll(id, because)
}

function there(device: StoredDevice | undefined): StoredDevice {
  if (device === undefined || device.state === 'deleted') throw deviceFailure('NOT_FOUND')
  return device
}
