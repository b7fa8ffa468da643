/**
 * Severities and facilities by name, and the number at the head of a message that holds both.
 *
 * @module
 */

/** RFC 5424 6.2.1. */
export const severities = {
  emergency: 0,
  alert: 1,
  critical: 2,
  error: 3,
  warning: 4,
  notice: 5,
  info: 6,
  debug: 7,
} as const

export type SeverityName = keyof typeof severities

/** RFC 5424 6.2.1, by the names that syslog.conf knows them by. */
export const facilities = {
  kern: 0,
  user: 1,
  mail: 2,
  daemon: 3,
  auth: 4,
  syslog: 5,
  lpr: 6,
  news: 7,
  uucp: 8,
  cron: 9,
  authpriv: 10,
  ftp: 11,
  ntp: 12,
  audit: 13,
  alert: 14,
  clock: 15,
  local0: 16,
  local1: 17,
  local2: 18,
  local3: 19,
  local4: 20,
  local5: 21,
  local6: 22,
  local7: 23,
} as const

export type FacilityName = keyof typeof facilities

const severityNames = Object.keys(severities) as readonly SeverityName[]
const facilityNames = Object.keys(facilities) as readonly FacilityName[]

export const priorityOf = (facility: FacilityName, severity: SeverityName): number =>
  facilities[facility] * 8 + severities[severity]

export interface Priority {
  readonly facility: FacilityName
  readonly severity: SeverityName
}

/** @returns `undefined` for what is no priority: 192 and above, leading zeros, anything but digits. */
export function readPriority(text: string): Priority | undefined {
  if (!/^(?:0|[1-9]\d{0,2})$/.test(text) || Number(text) > 191) return undefined
  const value = Number(text)
  return {
    facility: facilityNames[value >> 3] as FacilityName,
    severity: severityNames[value & 7] as SeverityName,
  }
}
