/**
 * Answers to Cisco ISE's MDM API, from the read-model.
 *
 * Not enrolled is an empty list and status 200; whatever cannot be said is an error.
 * The two never look alike: an empty list denies a device the network.
 *
 * @module
 */
import { Failure } from '@sallygate/base/failure'
import type { NacDevice } from '@sallygate/domain'
import {
  apiPath,
  contentType,
  readBatch,
  readIdentifiers,
  readMessage,
  writeError,
  writeInfo,
  writeList,
  writeResults,
  type ApiVersion,
  type DeviceQuery,
  type DeviceResult,
  type DevicesAsked,
  type IseRequest,
  type ListedDevice,
} from '@sallygate/protocol-ise-mdm/server'
import type { ActionDesk } from '../actions/action-desk.ts'
import type { JournalledAction } from '../actions/action-journal.ts'
import type { Entry } from '../read-model/device-index.ts'
import type { ReadModel } from '../read-model/read-model.ts'
import type { Answer, Asking, Body } from './answer.ts'
import { findRegistered } from './device-search.ts'
import { takePage } from './paging.ts'

export interface IseParts {
  readonly model: () => ReadModel
  readonly desk: ActionDesk
  readonly version: string
  /** Seconds a busy nac asks its clients to wait; 0 when it is not. */
  readonly busySeconds: () => number
  /** Where `redirect_url` leads when the console has not said anything else. */
  readonly fallbackRedirect: () => string
}

export class IseAnswers {
  readonly #parts: IseParts

  constructor(parts: IseParts) {
    this.#parts = parts
  }

  answer(request: IseRequest, asking: Asking, body: Body): Answer {
    switch (request.kind) {
      case 'info':
        return this.#info(request.prefix, request.version)
      case 'devices':
        return this.#devices(request.version, request.asked, asking)
      case 'batch':
        return readable(() => this.#batch(request, asking, body))
      case 'action':
        return readable(() => this.#action(request, asking, body))
      case 'message':
        return readable(() => this.#message(request.version, asking, body))
      case 'wrongMethod':
        return { ...error(405, 'WRONG_METHOD', `Allowed: ${request.allow}`), headers: { allow: request.allow } }
    }
  }

  #info(prefix: string, version: ApiVersion): Answer {
    const { redirectUrl, queryMaxSize, messaging } = this.#parts.model().facts
    const text = writeInfo({
      version,
      apiPath: apiPath(prefix, version),
      redirectUrl: redirectUrl === '' ? this.#parts.fallbackRedirect() : redirectUrl,
      queryMaxSize,
      messaging,
      vendor: 'Sallygate',
      product: 'Sallygate nac',
      productVersion: this.#parts.version,
    })
    return { status: 200, type: contentType, body: text, kind: 'info', outcome: 'done' }
  }

  #devices(version: ApiVersion, asked: DevicesAsked, asking: Asking): Answer {
    const { query } = asked
    if (query.by === 'unknown') return error(400, 'UNKNOWN_CRITERION', 'There is no such criterion.')
    if (query.by === 'all' || query.by === 'compliance') return this.#list(version, asked, asking)
    const found = findRegistered(this.#parts.model(), asking.account, query)
    const devices = found.map(({ device }) => listed(version, device, query, asked.identifier))
    const outcome = query.by === 'malformed' ? 'malformed' : devices.length === 0 ? 'notFound' : 'found'
    return this.#listAnswer(version, asked.filter, devices, 0, outcome, 'query')
  }

  #list(version: ApiVersion, { query, paging, filter, identifier }: DevicesAsked, { account }: Asking): Answer {
    const model = this.#parts.model()
    const sees = model.sight(account)
    const compliant = query.by === 'compliance' ? query.compliant : undefined
    // Only those: they are in an order of their own.
    const isPoll = compliant === false
    const entries = (place: number) => (isPoll ? model.devices.nonCompliantFrom(place) : model.devices.from(place))
    const page = takePage(entries, paging, model.facts.queryMaxSize, (entry) => {
      const { device } = entry
      const fits = device.registered && (compliant === undefined || (device.compliant === true) === compliant)
      return fits && sees(entry) ? listings(version, entry, identifier) : []
    })
    return this.#listAnswer(version, filter, page.items, page.next, 'listed', 'poll')
  }

  #batch(request: Extract<IseRequest, { kind: 'batch' }>, asking: Asking, { bytes, type }: Body): Answer {
    const model = this.#parts.model()
    const queries = readBatch(bytes, type, request.parameters)
    const devices = queries.flatMap((query) =>
      findRegistered(model, asking.account, query).map(({ device }) =>
        listed(request.version, device, query, undefined),
      ),
    )
    if (devices.length > model.facts.queryMaxSize)
      return error(400, 'TOO_MANY', 'The batch finds more devices than one answer may hold.')
    const outcome = devices.length === 0 ? 'notFound' : 'found'
    return this.#listAnswer(request.version, undefined, devices, 0, outcome, 'query')
  }

  #listAnswer(
    version: ApiVersion,
    filter: ReadonlySet<string> | undefined,
    devices: readonly ListedDevice[],
    pagingInfo: number,
    outcome: Answer['outcome'],
    kind: 'poll' | 'query',
  ): Answer {
    const busyWaitSeconds = Math.max(this.#parts.busySeconds(), this.#parts.model().facts.serverBusyWaitSeconds)
    const text = writeList({ version, pagingInfo, busyWaitSeconds, filter, devices })
    return { status: 200, type: contentType, body: text, kind, outcome }
  }

  #action(request: Extract<IseRequest, { kind: 'action' }>, asking: Asking, { bytes, type }: Body): Answer {
    const { action, version } = request
    if (action === undefined) return error(400, 'UNKNOWN_ACTION', 'There is no such action.')
    if (!this.#parts.desk.mayAct(asking.account, action))
      return error(403, 'NO_RIGHT', 'This account may not do that to devices.')
    const results = this.#each(version, asking, readIdentifiers(bytes, type), action)
    return actResult('action', version, results)
  }

  #message(version: ApiVersion, asking: Asking, { bytes, type }: Body): Answer {
    if (!this.#parts.desk.mayMessage(asking.account))
      return error(403, 'NO_RIGHT', 'This account may not send messages to devices.')
    const { identifiers, header, body } = readMessage(bytes, type)
    const results = this.#each(version, asking, identifiers, 'message', { title: header, body })
    return actResult('sendmessage', version, results)
  }

  /** One result per device that was named, in the order they were. */
  #each(
    version: ApiVersion,
    asking: Asking,
    queries: readonly DeviceQuery[],
    action: JournalledAction['action'],
    text?: { readonly title: string; readonly body: string },
  ): readonly DeviceResult[] {
    const { desk, model } = this.#parts
    return queries.flatMap((query): readonly DeviceResult[] => {
      const found = findRegistered(model(), asking.account, query)
      const value = 'value' in query ? query.value : undefined
      const asked = query.by === 'macaddress' ? { mac: value } : { guid: value }
      const [only, ...more] = found
      if (only === undefined) return [{ ...asked, done: false, failureReason: 'Unknown device' }]
      // A dock's address must not wipe whoever else has used the dock.
      if (more.length > 0) return [{ ...asked, done: false, failureReason: 'Several devices have this identifier' }]
      const refusal = desk.ask(asking, only.device, action, text)
      const told = version >= 3 ? { ...asked, guid: only.device.guid } : asked
      return [{ ...told, done: refusal === undefined, failureReason: refusal ?? '' }]
    })
  }
}

/** Under which identifiers a device that was asked for is listed (contract 3.5). */
function listed(
  version: ApiVersion,
  device: NacDevice,
  query: DeviceQuery,
  identifier: DevicesAsked['identifier'],
): ListedDevice {
  const mac = query.by === 'macaddress' ? query.value : device.macs[0]
  if (version < 3) return { mac, guid: undefined, device }
  const isByMac = query.by === 'macaddress' || identifier === 'macaddress'
  return { mac: isByMac ? mac : undefined, guid: device.guid, device }
}

/** In lists by address a device has a record for each: any of them may be the one that is on the network. */
function listings(
  version: ApiVersion,
  { device }: Entry,
  identifier: DevicesAsked['identifier'],
): readonly ListedDevice[] {
  if (version >= 3 && identifier !== 'macaddress') return [{ mac: undefined, guid: device.guid, device }]
  const guid = version >= 3 ? device.guid : undefined
  return device.macs.map((mac) => ({ mac, guid, device }))
}

function actResult(kind: 'action' | 'sendmessage', version: ApiVersion, results: readonly DeviceResult[]): Answer {
  const outcome = results.some(({ done }) => done) ? 'done' : 'refused'
  return { status: 200, type: contentType, body: writeResults(kind, version, results), kind: 'act', outcome }
}

export function error(status: number, code: string, says: string): Answer {
  return { status, type: contentType, body: writeError(code, says), kind: 'query', outcome: 'error' }
}

/** A body that cannot be read is the client's fault, and said at once. */
function readable(work: () => Answer): Answer {
  try {
    return work()
  } catch (cause) {
    if (cause instanceof Failure && cause.code.startsWith('BASE_')) return error(400, cause.code, cause.says)
    throw cause
  }
}
