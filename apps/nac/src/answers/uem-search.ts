/**
 * Searches of Workspace ONE's REST API: every device that fits, in the order of the read-model, a page at a time.
 *
 * @module
 */
import type { NacAccount } from '@sallygate/domain'
import { complianceOf, ownershipOf, uemDevice, type Query } from '@sallygate/protocol-workspace-one/server'
import type { Entry } from '../read-model/device-index.ts'
import type { ReadModel } from '../read-model/read-model.ts'
import type { Answer } from './answer.ts'
import { numberOf, type UemDevices } from './uem-devices.ts'
import { ok } from './uem-words.ts'

const largestPage = 500

export class UemSearch {
  readonly #model: () => ReadModel
  readonly #devices: UemDevices

  constructor(model: () => ReadModel, devices: UemDevices) {
    this.#model = model
    this.#devices = devices
  }

  answer(query: Query, account: NacAccount): Answer {
    const size = Math.max(1, Math.min(largestPage, wholeOf(query.get('pagesize')) ?? largestPage))
    const from = (wholeOf(query.get('page')) ?? 0) * size
    const model = this.#model()
    const sees = model.sight(account)
    const fits = this.#matcher(query)
    const found: Entry[] = []
    let total = 0
    for (const entry of model.devices.from(0)) {
      if (!sees(entry) || !fits(entry)) continue
      if (total >= from && total < from + size) found.push(entry)
      total++
    }
    if (found.length === 0) return { ...ok(undefined, 'poll', 'listed'), status: 204, body: '' }
    const Devices = found.map((entry) => uemDevice(this.#devices.source(entry)))
    return ok({ Devices, Page: from / size, PageSize: size, Total: total }, 'poll', 'listed')
  }

  #matcher(query: Query): (entry: Entry) => boolean {
    const tests: ((entry: Entry) => boolean)[] = []
    const is = (name: string, test: (wanted: string) => (entry: Entry) => boolean) => {
      const wanted = query.get(name)?.trim().toLowerCase()
      if (wanted !== undefined && wanted !== '') tests.push(test(wanted))
    }
    is(
      'user',
      (wanted) =>
        ({ device }) =>
          device.username?.toLowerCase() === wanted,
    )
    is(
      'model',
      (wanted) =>
        ({ device }) =>
          device.model?.toLowerCase().includes(wanted) === true,
    )
    is(
      'platform',
      (wanted) =>
        ({ device }) =>
          device.platform?.toLowerCase() === wanted,
    )
    is(
      'ownership',
      (wanted) =>
        ({ device }) =>
          ownershipOf(device).toLowerCase() === wanted,
    )
    is(
      'compliantstatus',
      (wanted) =>
        ({ device }) =>
          String(device.compliant === true) === wanted,
    )
    is(
      'compliancestatus',
      (wanted) =>
        ({ device }) =>
          complianceOf(device).toLowerCase() === wanted,
    )
    is('lgid', (wanted) => {
      const group = [...this.#model().groupsSeenBy({})].find(
        ({ id }) => id === wanted || String(numberOf(id)) === wanted,
      )
      const within = group === undefined ? () => false : this.#model().sight({ group: group.id })
      return within
    })
    const since = Date.parse(query.get('seensince') ?? query.get('lastseen') ?? '')
    if (!Number.isNaN(since)) tests.push(({ device }) => (device.lastCheckinMs ?? 0) >= since)
    return (entry) => tests.every((test) => test(entry))
  }
}

function wholeOf(text: string | undefined): number | undefined {
  return text !== undefined && /^\d{1,9}$/.test(text) ? Number(text) : undefined
}
