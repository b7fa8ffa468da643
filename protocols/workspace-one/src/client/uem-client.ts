/**
 * Asks Workspace ONE's REST API for its devices, page by page.
 *
 * It reads and never orders. How bytes travel is handed in.
 *
 * @module
 */
import { decodeUtf8 } from '@sallygate/base/bytes'
import type { Secret } from '@sallygate/base/secret'
import { uemClientFailure } from './failures.ts'
import { readUemDevice, type ReadDevice } from './read-device.ts'

export interface UemRequest {
  readonly method: 'GET'
  readonly path: string
  readonly headers: Readonly<Record<string, string>>
}

export interface UemExchange {
  request(request: UemRequest): Promise<{
    readonly status: number
    readonly headers: Readonly<Record<string, string>>
    readonly body: Uint8Array
  }>
}

export interface UemClientOptions {
  readonly exchange: UemExchange
  readonly user: string
  readonly password: Secret
  /** What is sent as `aw-tenant-code`. */
  readonly tenantCode: Secret
  /** Below which the API is, such as `/tenant`; empty unless given. */
  readonly prefix?: string
}

const pageSize = 500
/** Half a million devices. */
const mostPages = 1000

export class UemClient {
  readonly #options: UemClientOptions
  constructor(options: UemClientOptions) {
    this.#options = options
  }

  /** @throws UEM_CLIENT_*. */
  async *pages(): AsyncGenerator<readonly ReadDevice[]> {
    let firstOfBefore: string | undefined
    for (let page = 0; page < mostPages; page++) {
      const found = await this.#page(page)
      if (found === undefined || found.devices.length === 0) return
      const first = found.devices[0]?.sourceId
      if (first !== undefined && first === firstOfBefore) throw uemClientFailure('ENDLESS', { details: { page } })
      firstOfBefore = first
      yield found.devices
      // Total is the number of matches, not of rows on this page.
      if (found.total !== undefined && (page + 1) * pageSize >= found.total) return
    }
    throw uemClientFailure('ENDLESS', { details: { pages: mostPages } })
  }

  /** @returns `undefined` for 204, which is how an empty page is said. */
  async #page(
    page: number,
  ): Promise<{ readonly devices: readonly ReadDevice[]; readonly total: number | undefined } | undefined> {
    const { exchange, user, password, tenantCode, prefix } = this.#options
    const basic = Buffer.from(`${user}:${password.reveal()}`, 'utf8').toString('base64')
    const answer = await exchange.request({
      method: 'GET',
      path: `${prefix ?? ''}/api/mdm/devices/search?page=${page}&pagesize=${pageSize}`,
      headers: {
        accept: 'application/json;version=1',
        authorization: `Basic ${basic}`,
        'aw-tenant-code': tenantCode.reveal(),
      },
    })
    if (answer.status === 204) return undefined
    if (answer.status !== 200) throw statusFailure(answer.status)
    return readPage(answer.body)
  }
}

function readPage(body: Uint8Array): { readonly devices: readonly ReadDevice[]; readonly total: number | undefined } {
  let page: Readonly<Record<string, unknown>>
  try {
    page = JSON.parse(decodeUtf8(body)) as Readonly<Record<string, unknown>>
  } catch (cause) {
    throw uemClientFailure('ANSWER_UNREADABLE', { cause, details: { expected: 'JSON' } })
  }
  const devices = page === null || typeof page !== 'object' ? undefined : page['Devices']
  if (!Array.isArray(devices))
    throw uemClientFailure('ANSWER_UNREADABLE', { details: { expected: 'a list named Devices' } })
  const { Total: total } = page
  return {
    devices: (devices as unknown[]).flatMap((one) => readUemDevice(one) ?? []),
    total: typeof total === 'number' && Number.isSafeInteger(total) && total >= 0 ? total : undefined,
  }
}

function statusFailure(status: number) {
  if (status === 401) return uemClientFailure('CREDENTIALS')
  if (status === 403) return uemClientFailure('NO_RIGHT')
  if (status === 429 || status === 503) return uemClientFailure('BUSY', { details: { status } })
  return uemClientFailure('ANSWER_STATUS', { details: { status } })
}
