/**
 * A client that asks an MDM server what Cisco ISE asks, and how ISE asks it.
 *
 * Used by the probe and by federated sources. It asks and reads; it sends no action, so
 * it needs no right but to read. Retrying is its caller's business.
 *
 * @module
 */
import type { Secret } from '@sallygate/base/secret'
import { readDevicePage, type DevicePage, type IseDevice } from './device-list.ts'
import { iseClientFailure } from './failures.ts'
import type { ExchangeAnswer, ExchangeRequest } from './https-exchange.ts'
import { readMdmInfo, type ApiVersion, type MdmInfo } from './mdm-info.ts'
import { devicesPath, infoPath, type DeviceQuery } from './query-path.ts'
import type { Read } from './reader.ts'

export interface Exchange {
  request(request: ExchangeRequest): Promise<ExchangeAnswer>
}

export interface IseCredentials {
  /** Also `DOMAIN\user`. */
  readonly user: string
  readonly password: Secret
}

export interface IseClientOptions {
  readonly exchange: Exchange
  readonly credentials: IseCredentials | undefined
  /** ISE's *instance name*: a path prefix such as `/tenant`. None unless given. */
  readonly prefix?: string
  readonly maxVersion?: ApiVersion
}

export interface Timed<T> extends Read<T> {
  readonly answer: ExchangeAnswer
}

/** A page has at least one device, and ISE gives up far below this. */
const mostPages = 10_000

export class IseClient {
  readonly #options: IseClientOptions
  #info: MdmInfo | undefined

  constructor(options: IseClientOptions) {
    this.#options = options
  }

  /** @throws ISE_CLIENT_*. */
  async info(): Promise<Timed<MdmInfo>> {
    const offered = this.#options.maxVersion ?? 3
    const answer = await this.#get(infoPath(this.#options.prefix ?? '', offered))
    const read = readMdmInfo(answer.body, offered)
    this.#info = read.value
    return { ...read, answer }
  }

  /** One page of devices. Asks `mdminfo` first when nobody has. @throws ISE_CLIENT_*. */
  async devices(query: DeviceQuery, token = '0'): Promise<Timed<DevicePage>> {
    const { apiPath, apiVersion } = this.#info ?? (await this.info()).value
    const answer = await this.#get(devicesPath(apiPath, apiVersion, query, token))
    return { ...readDevicePage(answer.body), answer }
  }

  /**
   * Every page, one after the other.
   *
   * @throws ISE_CLIENT_ENDLESS when a token comes a second time; ISE_CLIENT_*.
   */
  async *pages(query: DeviceQuery): AsyncGenerator<Timed<DevicePage>> {
    const seen = new Set<string>()
    let token: string | undefined = '0'
    while (token !== undefined) {
      if (seen.has(token) || seen.size >= mostPages)
        throw iseClientFailure('ENDLESS', { details: { pages: seen.size } })
      seen.add(token)
      const page: Timed<DevicePage> = await this.devices(query, token)
      yield page
      token = page.value.nextToken
    }
  }

  /** The one device that answers to this value. Several are a server's mistake; the first is taken, as ISE does. */
  async find(query: DeviceQuery): Promise<IseDevice | undefined> {
    return (await this.devices(query)).value.devices[0]
  }

  async #get(path: string): Promise<ExchangeAnswer> {
    const { exchange, credentials } = this.#options
    const answer = await exchange.request({
      method: 'GET',
      path,
      headers: {
        accept: 'application/xml',
        ...(credentials === undefined ? {} : { authorization: basic(credentials) }),
      },
    })
    if (answer.status !== 200) throw statusFailure(answer)
    return answer
  }
}

export function basic(credentials: IseCredentials): string {
  const pair = Buffer.from(`${credentials.user}:${credentials.password.reveal()}`, 'utf8')
  return `Basic ${pair.toString('base64')}`
}

function statusFailure(answer: ExchangeAnswer) {
  const { status, headers } = answer
  if (status === 401) return iseClientFailure('CREDENTIALS')
  if (status === 403) return iseClientFailure('NO_RIGHT')
  if (status === 404) return iseClientFailure('NOT_THERE')
  if (status >= 300 && status < 400)
    return iseClientFailure('REDIRECTED', { details: { status, location: headers['location']?.slice(0, 200) ?? '' } })
  if (status === 429 || status === 503)
    return iseClientFailure('BUSY', { details: { status, retryAfter: headers['retry-after']?.slice(0, 40) ?? '' } })
  return iseClientFailure('ANSWER_STATUS', { details: { status } })
}
