/**
 * The paths ISE asks, per version of the API, parameter for parameter in ISE's own order.
 *
 * @module
 */
import { plainMac } from './device-list.ts'
import type { ApiVersion } from './mdm-info.ts'

export const criteria = ['macaddress', 'guid', 'guidhn', 'serialnumber', 'udid', 'imei', 'meid', 'username'] as const
export type Criterion = (typeof criteria)[number]

export type DeviceQuery =
  | { readonly kind: 'one'; readonly criterion: Criterion; readonly value: string }
  | { readonly kind: 'compliance'; readonly isCompliant: boolean }
  | { readonly kind: 'all' }

/** @param prefix what ISE calls the instance name; empty, or a path without a slash at its end. */
export function infoPath(prefix: string, offered: ApiVersion): string {
  // Version 1 knows no parameter, and its servers may know no slash.
  return offered === 1 ? `${prefix}/ciscoise/mdminfo` : `${prefix}/ciscoise/mdminfo/?ise_api_version=${offered}`
}

export function devicesPath(apiPath: string, version: ApiVersion, query: DeviceQuery, token: string): string {
  const asked = criterionOf(query)
  const page = encodeURIComponent(token)
  if (version === 1) {
    const middle = asked === undefined ? '' : `/${asked.criterion}/${encodeURIComponent(asked.value)}`
    return `${apiPath}/devices/${page}${middle}/all`
  }
  const criterion =
    asked === undefined ? '' : `&querycriteria=${asked.criterion}&value=${encodeURIComponent(asked.value)}`
  const identifier = version === 3 && query.kind === 'compliance' ? '&deviceidentifier=guid' : ''
  return `${apiPath}/devices/?paging=${page}${criterion}${identifier}&filter=all`
}

function criterionOf(query: DeviceQuery): { readonly criterion: string; readonly value: string } | undefined {
  if (query.kind === 'all') return undefined
  if (query.kind === 'compliance') return { criterion: 'compliance', value: String(query.isCompliant) }
  const { criterion, value } = query
  // ISE sends twelve upper-case digits; what is no MAC address is sent as it was given, to see what the server does.
  return { criterion, value: criterion === 'macaddress' ? (plainMac(value) ?? value) : value }
}
