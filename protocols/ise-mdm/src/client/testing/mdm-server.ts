/**
 * An MDM server for tests of the asking half, simulated: it says what a test tells it to.
 *
 * Nobody else's code is in it. That our own server and this client understand each other
 * is shown elsewhere, against the server itself.
 *
 * @module
 */
import { createServer, type Server } from 'node:https'
import type { AddressInfo } from 'node:net'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { makeTlsAuthority } from '@sallygate/testkit/tls-server-identity'

export interface Reply {
  readonly status?: number
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: string
  /** Never answers. */
  readonly isSilent?: boolean
}

export interface MdmServerInTest {
  readonly url: string
  readonly ca: string
  readonly asked: string[]
  close(): Promise<void>
}

export interface MdmServerOptions {
  readonly reply: (path: string, request: IncomingMessage) => Reply
  readonly hosts?: readonly string[]
  /** When the certificate was made; long ago makes one that has expired. */
  readonly certifiedAt?: Date
}

export async function startMdmServer(options: MdmServerOptions): Promise<MdmServerInTest> {
  const authority = await makeTlsAuthority()
  const identity = await authority.issue(options.hosts ?? ['localhost'], options.certifiedAt)
  const asked: string[] = []
  const server = createServer(identity, (request, response) => {
    asked.push(request.url ?? '')
    answer(options.reply(request.url ?? '', request), response)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    url: `https://localhost:${(server.address() as AddressInfo).port}`,
    ca: authority.certificate,
    asked,
    close: () => closed(server),
  }
}

function answer(reply: Reply, response: ServerResponse): void {
  if (reply.isSilent === true) return
  response.writeHead(reply.status ?? 200, { 'content-type': 'application/xml', ...reply.headers })
  response.end(reply.body ?? '')
}

function closed(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve())
    server.closeAllConnections()
  })
}

export function infoXml(fields: Readonly<Record<string, string>> = {}): string {
  const all = {
    name: 'mdminfo',
    api_version: '3',
    api_path: '/ciscoise/mdmapi/v3',
    redirect_url: 'https://mdm.example/enroll',
    query_max_size: '2',
    messaging_support: 'true',
    vendor: 'Simulated',
    product_name: 'Simulated MDM',
    product_version: '1',
    ...fields,
  }
  const elements = Object.entries(all).map(([name, value]) => `<${name}>${value}</${name}>`)
  return `<?xml version="1.0" encoding="UTF-8"?><ise_api>${elements.join('')}</ise_api>`
}

export interface SimulatedDevice {
  readonly guid: string
  readonly mac: string
  readonly isCompliant: boolean
}

export function listXml(devices: readonly SimulatedDevice[], token = '0'): string {
  const list = devices.map(
    ({ guid, mac, isCompliant }) =>
      `<device><macaddress>${mac}</macaddress><guid>${guid}</guid><attributes><register_status>true</register_status>` +
      `<compliance><status>${isCompliant}</status><failure_reason>${isCompliant ? '' : 'No PIN'}</failure_reason></compliance>` +
      `<pin_lock_on>${isCompliant}</pin_lock_on><lastCheckinTimeStamp>1790000000000</lastCheckinTimeStamp>` +
      `<guid>${guid}</guid><macaddresses>${mac}</macaddresses></attributes></device>`,
  )
  return `<?xml version="1.0"?><ise_api><name>attributes</name><api_version>3</api_version><paging_info>${token}</paging_info><deviceList>${list.join('')}</deviceList></ise_api>`
}

/** A well-behaved server with these devices, two a page. */
export function goodReplies(devices: readonly SimulatedDevice[]): (path: string, request: IncomingMessage) => Reply {
  return (path, request) => {
    if (request.headers.authorization !== `Basic ${Buffer.from('ACME\\ise:s\u00e9same').toString('base64')}`)
      return { status: 401, headers: { 'www-authenticate': 'Basic realm="mdm"' } }
    const url = new URL(path, 'https://localhost')
    if (url.pathname.endsWith('/ciscoise/mdminfo/')) return { body: infoXml() }
    const criterion = url.searchParams.get('querycriteria')
    const value = url.searchParams.get('value')
    const from = Number(url.searchParams.get('paging'))
    const matching = devices.filter((device) => {
      if (criterion === 'macaddress') return device.mac === value
      if (criterion === 'guid') return device.guid === value
      return criterion === 'compliance' ? String(device.isCompliant) === value : true
    })
    const next = from + 2 < matching.length ? String(from + 2) : '0'
    return { body: listXml(matching.slice(from, from + 2), next) }
  }
}
