/**
 * Answers to the part of Workspace ONE's REST API that other NACs call, from the same read-model.
 *
 * Both kinds of empty are kept apart as the clients need them: a device that is not
 * there is 404 with a body, a search without a result is 204 without one.
 *
 * @module
 */
import { createHash } from 'node:crypto'
import { Failure } from '@sallygate/base/failure'
import type { NacAccount, NacAction } from '@sallygate/domain'
import {
  complianceOf,
  ownershipOf,
  readBulkValues,
  readMessageText,
  selectorOf,
  uemDevice,
  uemSecurity,
  uemUser,
  type Detail,
  type Query,
  type Selector,
  type UemRequest,
  type UemSource,
} from '@sallygate/protocol-workspace-one/server'
import { decodeXml, readXml } from '@sallygate/base/xml'
import type { ActionDesk } from '../actions/action-desk.ts'
import type { Entry, Key } from '../read-model/device-index.ts'
import type { ReadModel } from '../read-model/read-model.ts'
import { json, type Answer, type Asking, type Body } from './answer.ts'
import { readMacAddress } from './device-search.ts'

export interface UemParts {
  readonly model: () => ReadModel
  readonly desk: ActionDesk
  readonly version: string
}

const largestPage = 500

const keyOf = {
  macaddress: 'mac',
  udid: 'udid',
  serialnumber: 'serial',
  imeinumber: 'imei',
  uuid: 'guid',
} as const satisfies Readonly<Record<string, Key>>

/** Names as clients write them, in lower case. */
const commands: Readonly<Record<string, NacAction>> = {
  lock: 'pin_lock',
  enterprisewipe: 'corporate_wipe',
  devicewipe: 'full_wipe',
}

export class UemAnswers {
  readonly #parts: UemParts

  constructor(parts: UemParts) {
    this.#parts = parts
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
        return this.#search(request.query, asking.account)
      case 'command':
        return this.#command(request.selector, request.command, asking)
      case 'bulkCommand':
        return this.#bulkCommand(request.by, request.command, asking, body)
      case 'message':
        return this.#message(request.selector, asking, body)
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
    const [found] = this.#find(account, selector)
    if (found === undefined)
      return { ...refuse(404, 'Device not found.'), outcome: isMalformed(selector) ? 'malformed' : 'notFound' }
    return ok(this.#told(found, detail), 'query', 'found')
  }

  #told(entry: Entry, detail: Detail | undefined): unknown {
    const source = this.#source(entry)
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
    const found = readBulkValues(bytes).flatMap((value) => this.#find(account, selectorOf(by, value)).slice(0, 1))
    const Devices = found.map((entry) => uemDevice(this.#source(entry)))
    const outcome = found.length === 0 ? 'notFound' : 'found'
    return ok({ Devices, Page: 0, PageSize: Devices.length, Total: Devices.length }, 'query', outcome)
  }

  #search(query: Query, account: NacAccount): Answer {
    const size = Math.max(1, Math.min(largestPage, wholeOf(query.get('pagesize')) ?? largestPage))
    const from = (wholeOf(query.get('page')) ?? 0) * size
    const model = this.#parts.model()
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
    const Devices = found.map((entry) => uemDevice(this.#source(entry)))
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
      const group = [...this.#parts.model().groupsSeenBy({})].find(
        ({ id }) => id === wanted || String(numberOf(id)) === wanted,
      )
      const within = group === undefined ? () => false : this.#parts.model().sight({ group: group.id })
      return within
    })
    const since = Date.parse(query.get('seensince') ?? query.get('lastseen') ?? '')
    if (!Number.isNaN(since)) tests.push(({ device }) => (device.lastCheckinMs ?? 0) >= since)
    return (entry) => tests.every((test) => test(entry))
  }

  #command(selector: Selector | undefined, command: string, asking: Asking): Answer {
    if (selector === undefined) return refuse(400, 'searchby is missing or not one of the known words.')
    const action = commands[command.toLowerCase()]
    if (action === undefined) return refuse(400, `There is no command ${command.slice(0, 40)} here.`)
    if (!this.#parts.desk.mayAct(asking.account, action)) return refuse(403, 'This account may not do that to devices.')
    const refusal = this.#ask(selector, asking, action)
    if (refusal !== undefined) return refuse(refusal.status, refusal.says)
    return { ...ok(undefined, 'act', 'done'), status: 202, body: '' }
  }

  #bulkCommand(by: Selector['by'] | undefined, command: string, asking: Asking, { bytes }: Body): Answer {
    const action = commands[command.toLowerCase()]
    if (by === undefined || action === undefined)
      return refuse(400, 'searchby or command is not one of the known words.')
    if (!this.#parts.desk.mayAct(asking.account, action)) return refuse(403, 'This account may not do that to devices.')
    const values = readBulkValues(bytes)
    const refused = values.filter((value) => this.#ask(selectorOf(by, value), asking, action) !== undefined).length
    const counts = { TotalItems: values.length, AcceptedItems: values.length - refused, FailedItems: refused }
    return ok(counts, 'act', refused === values.length ? 'refused' : 'done')
  }

  #message(selector: Selector | undefined, asking: Asking, { bytes, type }: Body): Answer {
    if (selector === undefined) return refuse(400, 'searchby is missing or not one of the known words.')
    if (!this.#parts.desk.mayMessage(asking.account))
      return refuse(403, 'This account may not send messages to devices.')
    const { title, text } = messageOf(bytes, type)
    const refusal = this.#ask(selector, asking, 'message', { title, body: text })
    if (refusal !== undefined) return refuse(refusal.status, refusal.says)
    return { ...ok(undefined, 'act', 'done'), status: 202, body: '' }
  }

  #ask(
    selector: Selector,
    asking: Asking,
    action: NacAction | 'message',
    text?: { readonly title: string; readonly body: string },
  ): { readonly status: number; readonly says: string } | undefined {
    const [only, ...more] = this.#find(asking.account, selector).filter(({ device }) => device.registered)
    if (only === undefined) return { status: 404, says: 'Device not found.' }
    if (more.length > 0) return { status: 409, says: 'Several devices have this identifier.' }
    const says = this.#parts.desk.ask(asking, only.device, action, text)
    return says === undefined ? undefined : { status: 429, says }
  }

  /** Enrolled ones first: a serial number may have been enrolled before. */
  #find(account: NacAccount, { by, value }: Selector): readonly Entry[] {
    const model = this.#parts.model()
    if (by === 'deviceid') return this.#byNumber(account, Number(value))
    if (by === 'easid') return []
    const wanted = by === 'macaddress' ? readMacAddress(value) : value.toLowerCase()
    if (wanted === undefined || wanted === '') return []
    const found = model.find(account, keyOf[by], wanted)
    return found.toSorted((a, b) => Number(b.device.registered) - Number(a.device.registered))
  }

  /** The number is the beginning of the id, so only those with this beginning can have it. */
  #byNumber(account: NacAccount, number: number): readonly Entry[] {
    const model = this.#parts.model()
    const sees = model.sight(account)
    const place = Math.floor(number / 2 ** 17)
    const found: Entry[] = []
    for (const entry of model.devices.from(place)) {
      if (entry.place !== place) break
      if (numberOf(entry.device.guid) === number && sees(entry)) found.push(entry)
    }
    return found
  }

  #source({ device }: Entry): UemSource {
    const groupName = this.#parts.model().group(device.group)?.name ?? ''
    return { ...device, number: numberOf(device.guid), groupNumber: numberOf(device.group), groupName }
  }
}

/** 48 bits of an id: the same on every nac and after every restart, and still a whole number everywhere. */
function numberOf(id: string): number {
  const hex = id.replaceAll('-', '').slice(0, 12)
  if (/^[0-9a-f]{12}$/.test(hex)) return Number.parseInt(hex, 16)
  return Number.parseInt(createHash('sha256').update(id).digest('hex').slice(0, 12), 16)
}

function isMalformed({ by, value }: Selector): boolean {
  return by === 'macaddress' && readMacAddress(value) === undefined
}

function wholeOf(text: string | undefined): number | undefined {
  return text !== undefined && /^\d{1,9}$/.test(text) ? Number(text) : undefined
}

/** Forescout sends XML in a namespace of its own, everybody else JSON. */
function messageOf(bytes: Buffer, type: string): { readonly title: string; readonly text: string } {
  if (!/xml/i.test(type)) return readMessageText(bytes)
  const root = readXml(decodeXml(bytes), { maxCharacters: 256 * 1024, maxDepth: 8, maxElements: 200 })
  const told = (name: string) =>
    root.children.find((child) => child.name.replace(/^.*:/, '').toLowerCase() === name)?.text ?? ''
  return { title: told('subject').slice(0, 500), text: told('messagebody').slice(0, 4000) }
}

function ok(body: unknown, kind: Answer['kind'], outcome: Answer['outcome'] = 'done'): Answer {
  return { status: 200, type: json, body: body === undefined ? '' : JSON.stringify(body), kind, outcome }
}

/** With a body always: PacketFence reads one whatever the status is. */
function refuse(status: number, message: string): Answer {
  const body = JSON.stringify({ errorCode: status, message })
  return { status, type: json, body, kind: 'query', outcome: status === 404 ? 'notFound' : 'error' }
}
