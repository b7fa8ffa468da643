/**
 * Device queries: what is asked, from a path (version 1) or from parameters (2 and 3).
 *
 * Source: the contract's sections 3.1 to 3.4. Names of parameters and criteria are
 * taken in any case; a `+` is a space, as forms write it.
 *
 * @module
 */
import { readMacAddress } from './mac-address.ts'

/** By which a device is found. `serialnumber` is ours; no version of Cisco's has it. */
export const criteria = [
  'macaddress',
  'compliance',
  'username',
  'meid',
  'udid',
  'imei',
  'guid',
  'guidhn',
  'serialnumber',
] as const
export type Criterion = (typeof criteria)[number]

/** What to look for. `malformed`: nothing can have that value, so nothing is found. */
export type DeviceQuery =
  | { readonly by: 'all' }
  | { readonly by: 'compliance'; readonly compliant: boolean }
  | { readonly by: Exclude<Criterion, 'compliance'>; readonly value: string }
  | { readonly by: 'malformed'; readonly criterion: Criterion }
  | { readonly by: 'unknown' }

export interface DevicesAsked {
  readonly query: DeviceQuery
  /** The token of the page, 0 for the first. */
  readonly paging: number
  /** Attributes that are wanted; `undefined` for all. */
  readonly filter: ReadonlySet<string> | undefined
  /** Version 3: which identifier a device is listed under. */
  readonly identifier: 'guid' | 'macaddress' | undefined
}

export type Parameters = ReadonlyMap<string, string>

/** The first of each name counts. A broken escape stands for itself. */
export function readParameters(query: string): Parameters {
  const found = new Map<string, string>()
  for (const pair of query.slice(0, 8192).split('&')) {
    const at = pair.indexOf('=')
    const name = decode(at < 0 ? pair : pair.slice(0, at)).toLowerCase()
    if (name !== '' && !found.has(name)) found.set(name, at < 0 ? '' : decode(pair.slice(at + 1)))
  }
  return found
}

export function decode(text: string): string {
  const spaced = text.includes('+') ? text.replaceAll('+', ' ') : text
  return spaced.includes('%') ? decodePercent(spaced) : spaced
}

/** As `decode`, but a path has no spaces written as `+`. */
export function decodePercent(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}

export function askedByParameters(parameters: Parameters): DevicesAsked {
  const criterion = parameters.get('querycriteria')
  const identifier = parameters.get('deviceidentifier')?.toLowerCase()
  return {
    query:
      criterion === undefined || criterion === '' ? { by: 'all' } : queryOf(criterion, parameters.get('value') ?? ''),
    paging: readToken(parameters.get('paging')),
    filter: readFilter(parameters.get('filter')),
    identifier: identifier === 'guid' || identifier === 'macaddress' ? identifier : undefined,
  }
}

/** `<paging>/<criterion>/<value>/<filter>`, or `<paging>/all`. */
export function askedByPath([paging, criterion, value, ...filter]: readonly string[]): DevicesAsked {
  const isAll = criterion === undefined || criterion.toLowerCase() === 'all'
  return {
    query: isAll ? { by: 'all' } : queryOf(criterion, value ?? ''),
    paging: readToken(paging),
    filter: readFilter(filter[0]),
    identifier: undefined,
  }
}

export function queryOf(criterion: string, value: string): DeviceQuery {
  const by = criteria.find((known) => known === criterion.trim().toLowerCase())
  return by === undefined ? { by: 'unknown' } : normalizers[by](value.trim())
}

type Normalizer = (value: string) => DeviceQuery

const plain =
  (by: Exclude<Criterion, 'compliance'>, normalize: (value: string) => string | undefined): Normalizer =>
  (value) => {
    const normal = value.length > 256 ? undefined : normalize(value)
    return normal === undefined || normal === '' ? { by: 'malformed', criterion: by } : { by, value: normal }
  }

const lower = (value: string) => value.toLowerCase()

const normalizers: Readonly<Record<Criterion, Normalizer>> = {
  macaddress: plain('macaddress', readMacAddress),
  compliance(value) {
    const word = value.toLowerCase()
    if (word !== 'true' && word !== 'false') return { by: 'malformed', criterion: 'compliance' }
    return { by: 'compliance', compliant: word === 'true' }
  },
  username: plain('username', lower),
  meid: plain('meid', lower),
  udid: plain('udid', lower),
  imei: plain('imei', (value) => value.replaceAll(/[\s-]/g, '')),
  guid: plain('guid', readGuid),
  guidhn: plain('guidhn', lower),
  serialnumber: plain('serialnumber', lower),
}

/**
 * With or without braces, in any case; also the whole of a certificate's SAN URI, `ID:<vendor>:GUID:<id>`, of which
 * what follows the last `GUID:` counts.
 */
export function readGuid(value: string): string | undefined {
  const normal = value
    .replace(/^.*guid:/i, '')
    .replaceAll(/[{}]/g, '')
    .trim()
    .toLowerCase()
  return normal.length > 128 ? undefined : normal
}

/** 0 for the first page, and for what is no token. */
function readToken(text: string | undefined): number {
  return text !== undefined && /^\d{1,15}$/.test(text) ? Number(text) : 0
}

/** Names as Cisco spells them, one way or the other; what nobody knows is ignored. */
const filterNames: Readonly<Record<string, string>> = {
  registerstatus: 'register_status',
  compliance: 'compliance',
  compliancestatus: 'compliance',
  diskencryptionon: 'disk_encryption_on',
  pinlockon: 'pin_lock_on',
  jailbroken: 'jail_broken',
  manufacturer: 'manufacturer',
  model: 'model',
  imei: 'imei',
  meid: 'meid',
  udid: 'udid',
  serialnumber: 'serial_number',
  osversion: 'os_version',
  phonenumber: 'phone_number',
  lastcheckintimestamp: 'lastCheckinTimeStamp',
  guid: 'guid',
  macaddresses: 'macaddresses',
}

export function readFilter(text: string | undefined): ReadonlySet<string> | undefined {
  if (text === undefined) return undefined
  const names = text.slice(0, 1000).split(/[+ ,]+/)
  const known = names.flatMap((name) => filterNames[name.toLowerCase().replaceAll('_', '')] ?? [])
  return known.length === 0 || names.some((name) => name.toLowerCase() === 'all') ? undefined : new Set(known)
}
