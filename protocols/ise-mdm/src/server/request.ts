/**
 * Requests of this API, from method and address.
 *
 * The API hangs below `/ciscoise`, itself below any prefix: what ISE calls the
 * instance name. Every path is known with and without a slash at its end. What is
 * not written in the table is nothing.
 *
 * @module
 */
import {
  askedByParameters,
  askedByPath,
  decodePercent,
  readParameters,
  type DevicesAsked,
  type Parameters,
} from './query.ts'

export type ApiVersion = 1 | 2 | 3

export const newestVersion: ApiVersion = 3

/** What an MDM may be asked to do to a device. */
export const actions = ['pin_lock', 'corporate_wipe', 'full_wipe'] as const
export type Action = (typeof actions)[number]

export type IseRequest =
  | { readonly kind: 'info'; readonly prefix: string; readonly version: ApiVersion }
  | { readonly kind: 'devices'; readonly version: ApiVersion; readonly asked: DevicesAsked }
  | { readonly kind: 'batch'; readonly version: ApiVersion; readonly parameters: Parameters }
  /** `undefined` for a word that is no action. */
  | { readonly kind: 'action'; readonly version: ApiVersion; readonly action: Action | undefined }
  | { readonly kind: 'message'; readonly version: ApiVersion }
  | { readonly kind: 'wrongMethod'; readonly allow: string }

/** @returns `undefined` for an address that is not of this API. */
export function readIseRequest(method: string, address: string): IseRequest | undefined {
  const at = address.indexOf('?')
  const segments = segmentsOf(at < 0 ? address : address.slice(0, at))
  const root = segments?.findIndex((segment) => segment.toLowerCase() === 'ciscoise') ?? -1
  if (segments === undefined || root < 0 || root > mostPrefixes) return undefined
  if (!segments.slice(0, root).every((segment) => /^[A-Za-z0-9_-]{1,64}$/.test(segment))) return undefined
  const parameters = readParameters(at < 0 ? '' : address.slice(at + 1))
  const prefix = segments.slice(0, root).map((segment) => `/${segment}`)
  const { version, rest } = versionOf(segments.slice(root + 1))
  const [noun = '', ...more] = rest
  const row = Object.hasOwn(nouns, noun.toLowerCase()) ? nouns[noun.toLowerCase()] : undefined
  const request = row?.read({ prefix: prefix.join(''), version, rest: more.map(decodePercent), parameters })
  if (row === undefined || request === undefined) return undefined
  return row.methods.includes(method) ? request : { kind: 'wrongMethod', allow: row.methods.join(', ') }
}

/** As deep as an instance name may be. */
const mostPrefixes = 3
const mostSegments = 16

/** One slash at the end is nothing; an empty segment anywhere else is somebody's trick. */
function segmentsOf(path: string): readonly string[] | undefined {
  if (!path.startsWith('/') || path.length > 2048) return undefined
  const segments = path.slice(1).split('/')
  if (segments.at(-1) === '') segments.pop()
  const isPlain = segments.every((segment) => segment !== '' && !/^\.+$|%2e|%2f|%5c|%00|[;\\]/i.test(segment))
  return isPlain && segments.length <= mostSegments ? segments : undefined
}

function versionOf(rest: readonly string[]): { version: ApiVersion | undefined; rest: readonly string[] } {
  const skip = rest[0]?.toLowerCase() === 'mdmapi' ? 1 : 0
  const [, digit] = /^v([123])$/i.exec(rest[skip] ?? '') ?? []
  if (digit === undefined) return { version: undefined, rest: rest.slice(skip) }
  return { version: Number(digit) as ApiVersion, rest: rest.slice(skip + 1) }
}

/** Where `version` is announced to be, below the prefix a client came with. */
export function apiPath(prefix: string, version: ApiVersion): string {
  return `${prefix}/ciscoise/mdmapi/v${version}`
}

/** What is offered, as far as we go; nothing, or no number: version 1, which had no such parameter. */
export function chooseVersion(offered: string | undefined): ApiVersion {
  const number = offered !== undefined && /^\d{1,6}$/.test(offered.trim()) ? Number(offered) : 1
  return Math.max(1, Math.min(number, newestVersion)) as ApiVersion
}

interface Found {
  readonly prefix: string
  readonly version: ApiVersion | undefined
  readonly rest: readonly string[]
  readonly parameters: Parameters
}

interface Noun {
  readonly methods: readonly string[]
  readonly read: (found: Found) => IseRequest | undefined
}

const nouns: Readonly<Record<string, Noun>> = {
  mdminfo: {
    methods: ['GET'],
    read: ({ prefix, version, rest, parameters }) =>
      version === undefined && rest.length === 0
        ? { kind: 'info', prefix, version: chooseVersion(parameters.get('ise_api_version')) }
        : undefined,
  },
  devices: { methods: ['GET'], read: readDevices },
  batchdevices: {
    methods: ['POST'],
    read: ({ version, rest, parameters }) =>
      rest.length === 0 ? { kind: 'batch', version: version ?? 2, parameters } : undefined,
  },
  action: { methods: ['POST'], read: readAction },
  sendmessage: {
    methods: ['PUT', 'POST'],
    read: ({ version, rest }) => (rest.length === 0 ? { kind: 'message', version: version ?? 2 } : undefined),
  },
}

function readDevices({ version, rest, parameters }: Found): IseRequest | undefined {
  if (rest.length > 4) return undefined
  if (rest.length > 0) return { kind: 'devices', version: version ?? 1, asked: askedByPath(rest) }
  const asked = askedByParameters(parameters)
  // An address without a version: only version 3 has this identity.
  const assumed = asked.query.by === 'guid' || asked.query.by === 'guidhn' ? 3 : 2
  return { kind: 'devices', version: version ?? assumed, asked }
}

/** `action/actionType=X`, `action/X`, and as a parameter. */
function readAction({ version, rest, parameters }: Found): IseRequest | undefined {
  if (rest.length > 1) return undefined
  const word = rest[0]?.replace(/^actiontype=/i, '') ?? parameters.get('actiontype') ?? ''
  const action = actions.find((known) => known === word.trim().toLowerCase())
  return { kind: 'action', version: version ?? 2, action }
}
