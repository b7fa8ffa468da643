/**
 * Answers to the part of Workspace ONE's REST API that other NACs call, from the same read-model.
 *
 * Both kinds of empty are kept apart as the clients need them: a device that is not
 * there is 404 with a body, a search without a result is 204 without one.
 *
 * @module
 */
import { Failure } from '@sallygate/base/failure'
import type { NacAccount } from '@sallygate/domain'
import {
  readBulkValues,
  selectorOf,
  uemDevice,
  uemSecurity,
  uemUser,
  type Detail,
  type Selector,
  type UemRequest,
} from '@sallygate/protocol-workspace-one/server'
import type { ActionDesk } from '../actions/action-desk.ts'
import type { Entry } from '../read-model/device-index.ts'
import type { ReadModel } from '../read-model/read-model.ts'
import type { Answer, Asking, Body } from './answer.ts'
import { readMacAddress } from './device-search.ts'
import { UemActions } from './uem-actions.ts'
import { numberOf, UemDevices } from './uem-devices.ts'
import { UemSearch } from './uem-search.ts'
import { ok, refuse } from './uem-words.ts'

export interface UemParts {
  readonly model: () => ReadModel
  readonly desk: ActionDesk
  readonly version: string
}

export class UemAnswers {
  readonly #parts: UemParts
  readonly #devices: UemDevices
  readonly #search: UemSearch
  readonly #actions: UemActions

  constructor(parts: UemParts) {
    this.#parts = parts
    this.#devices = new UemDevices(parts.model)
    this.#search = new UemSearch(parts.model, this.#devices)
    this.#actions = new UemActions(parts.desk, this.#devices)
  }

  answer(request: UemRequest, asking: Asking, body: Body): Answer {
    try {
      return this.#answer(request, asking, body)
    } catch (cause) {
      if (cause instanceof Failure && cause.code.startsWith('BASE_')) return refuse(400, cause.says)
      throw cause
    }
  }

  #answer(request: UemRequest, asking: Asking, body: Body): Answer {
    switch (request.kind) {
      case 'help':
        return ok({ ProductName: 'Sallygate nac', Resources: ['/api/mdm', '/api/system', '/ciscoise/mdminfo'] }, 'info')
      case 'info':
        return ok({ ProductName: 'Sallygate nac', ProductVersion: this.#parts.version }, 'info')
      case 'groups':
        return this.#groups(asking.account)
      case 'admins':
        return ok({ admins: [], Total: 0 }, 'info')
      case 'device':
        return this.#device(request.selector, request.detail, asking)
      case 'bulk':
        return this.#bulk(request.by, asking, body)
      case 'search':
        return this.#search.answer(request.query, asking.account)
      case 'command':
        return this.#actions.command(request.selector, request.command, asking)
      case 'bulkCommand':
        return this.#actions.bulkCommand(request.by, request.command, asking, body)
      case 'message':
        return this.#actions.message(request.selector, asking, body)
      case 'wrongMethod':
        return { ...refuse(405, `Allowed: ${request.allow}`), headers: { allow: request.allow } }
    }
  }

  #groups(account: NacAccount): Answer {
    const groups = this.#parts.model().groupsSeenBy(account)
    const OrganizationGroups = groups.map(({ id, name }) => ({
      Id: { Value: numberOf(id) },
      Uuid: id,
      Name: name,
      GroupId: name,
    }))
    return ok({ OrganizationGroups, LocationGroups: OrganizationGroups, TotalResults: groups.length }, 'info')
  }

  #device(selector: Selector | undefined, detail: Detail | undefined, { account }: Asking): Answer {
    if (selector === undefined) return refuse(400, 'searchby is missing or not one of the known words.')
    const [found] = this.#devices.find(account, selector)
    if (found === undefined)
      return { ...refuse(404, 'Device not found.'), outcome: isMalformed(selector) ? 'malformed' : 'notFound' }
    return ok(this.#told(found, detail), 'query', 'found')
  }

  #told(entry: Entry, detail: Detail | undefined): unknown {
    const source = this.#devices.source(entry)
    const { device } = entry
    switch (detail) {
      case undefined:
        return uemDevice(source)
      case 'security':
        return uemSecurity(source)
      case 'user':
        return uemUser(source)
      case 'network':
        return { DeviceNetworkInfo: device.macs.map((mac) => ({ MACAddress: mac })), HostName: device.hostName }
      case 'compliance': {
        const { ComplianceStatus, ComplianceSummary } = uemDevice(source)
        return { ComplianceStatus, DeviceCompliance: ComplianceSummary.DeviceCompliance }
      }
      // Not gathered: an empty list is what real servers send for a device without any.
      case 'apps':
        return { Total: 0, DeviceApps: [] }
      case 'certificates':
        return { Total: 0, DeviceCertificates: [] }
      case 'profiles':
        return { Total: 0, DeviceProfiles: [] }
    }
  }

  #bulk(by: Selector['by'] | undefined, { account }: Asking, { bytes }: Body): Answer {
    if (by === undefined) return refuse(400, 'searchby is missing or not one of the known words.')
    const found = readBulkValues(bytes).flatMap((value) =>
      this.#devices.find(account, selectorOf(by, value)).slice(0, 1),
    )
    const Devices = found.map((entry) => uemDevice(this.#devices.source(entry)))
    const outcome = found.length === 0 ? 'notFound' : 'found'
    return ok({ Devices, Page: 0, PageSize: Devices.length, Total: Devices.length }, 'query', outcome)
  }
}

function isMalformed({ by, value }: Selector): boolean {
  return by === 'macaddress' && readMacAddress(value) === undefined
}
