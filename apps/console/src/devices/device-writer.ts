/**
 * Writing a device: its rows, its history and what nac is told, in the transaction of whoever changes it.
 *
 * @module
 */
import type { Clock } from '@sallygate/base/clock'
import type { Mac } from '@sallygate/domain'
import type { Repositories, StoredDevice } from '@sallygate/store'
import { changesOf, type NewHistory } from './history.ts'
import { answeringMacs, nacRecordOf, recentMacs } from './nac-record.ts'
import { pictureOf, type DeviceGround } from './picture.ts'
import type { GroupRules, Rules } from './rule-book.ts'

/** What a writer uses of a transaction. */
export type Inside = Pick<
  Repositories,
  'devices' | 'deviceHistory' | 'nacFeed' | 'deviceCredentials' | 'deviceCommands'
>

export class DeviceWriter {
  readonly #clock: Clock
  readonly inside: Inside
  readonly rules: Rules

  constructor(clock: Clock, inside: Inside, rules: Rules) {
    this.#clock = clock
    this.inside = inside
    this.rules = rules
  }

  get nowMs(): number {
    return this.#clock.now().getTime()
  }

  /** @returns the device as it is now. A group that is gone leaves it as it was. */
  async write(
    ground: DeviceGround,
    before: StoredDevice | undefined,
    more: readonly NewHistory[] = [],
  ): Promise<StoredDevice> {
    const rules = this.rules.of(ground.group)
    if (rules === undefined) throw new Error('a device is written into a group that is not there')
    const after = pictureOf(ground, rules, this.nowMs)
    await this.inside.devices.save(after, before)
    await this.inside.deviceHistory.add(after.id, [...changesOf(before, after), ...more])
    await this.tellNac(after, rules)
    await this.#tellOfNeighbors(before, after)
    return after
  }

  async tellNac(device: StoredDevice, rules: GroupRules): Promise<void> {
    const macs = recentMacs(device, rules, this.nowMs).map(({ mac }) => mac)
    const holders = await this.inside.devices.holdersOf(macs, device.id)
    await this.inside.nacFeed.append(nacRecordOf(device, answeringMacs(device, holders, rules, this.nowMs)))
  }

  /** An address that came, left, or lost its device answers for another one now. */
  async #tellOfNeighbors(before: StoredDevice | undefined, after: StoredDevice): Promise<void> {
    const changed = changedMacs(before, after)
    if (changed.length === 0) return
    const holders = await this.inside.devices.holdersOf(changed, after.id)
    const ids = [...holders.values()].flatMap((found) =>
      found === 'many' ? [] : found.filter(({ group }) => group === after.group || group === before?.group),
    )
    for (const neighbor of await this.inside.devices.findAll([...new Set(ids.map(({ device }) => device))])) {
      const rules = this.rules.of(neighbor.group)
      if (rules !== undefined) await this.tellNac(neighbor, rules)
    }
  }
}

function changedMacs(before: StoredDevice | undefined, after: StoredDevice): readonly Mac[] {
  const claimsOf = (device: StoredDevice | undefined) =>
    new Map(device?.macs.map(({ mac, isCurrent }) => [mac, `${device.state} ${device.group} ${isCurrent}`]) ?? [])
  const [old, now] = [claimsOf(before), claimsOf(after)]
  return [...new Set([...old.keys(), ...now.keys()])].filter((mac) => old.get(mac) !== now.get(mac))
}
