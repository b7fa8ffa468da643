/**
 * Identifiers: by what a device is told apart, each in one spelling.
 *
 * Makers leave placeholders where a serial number should be, and thousands of machines
 * share them; a placeholder identifies nobody and is dropped here. A reader answers
 * `undefined` for what it cannot use and never throws.
 *
 * @module
 */
import { readMac, type Mac } from './mac.ts'

/** What names one device, the most reliable first. A host name and a MAC address do not. */
export const strongKinds = ['uuid', 'udid', 'serial', 'imei', 'meid'] as const
export type StrongKind = (typeof strongKinds)[number]
export const identifierKinds = [...strongKinds, 'hostName', 'mac'] as const
export type IdentifierKind = (typeof identifierKinds)[number]

/** What a source says. Everything in it is read with `readIdentifiers` before it is used. */
export interface SaidIdentifiers {
  readonly serial?: string | undefined
  readonly uuid?: string | undefined
  readonly udid?: string | undefined
  readonly imei?: string | undefined
  readonly meid?: string | undefined
  readonly hostName?: string | undefined
  readonly macs?: readonly string[] | undefined
}

/** In normal form. */
export interface Identifiers {
  readonly serial?: string
  readonly uuid?: string
  readonly udid?: string
  readonly imei?: string
  readonly meid?: string
  readonly hostName?: string
  /** Without repetitions, in the order in which they were said. */
  readonly macs: readonly Mac[]
}

/** Docks, adapters, virtual machines: real inventories have a few dozen. */
export const mostMacs = 64

export function readIdentifiers(said: SaidIdentifiers): Identifiers {
  const macs = new Set((said.macs ?? []).slice(0, 4 * mostMacs).flatMap((text) => readMac(text) ?? []))
  const read: Record<string, string> = {}
  for (const kind of [...strongKinds, 'hostName'] as const) {
    const text = said[kind]
    const value = text === undefined ? undefined : readers[kind](text)
    if (value !== undefined) read[kind] = value
  }
  return { ...read, macs: [...macs].slice(0, mostMacs) }
}

/** One identifier, for looking a device up by what somebody typed. */
export function readIdentifier(kind: IdentifierKind, text: string): string | undefined {
  return kind === 'mac' ? readMac(text) : readers[kind](text)
}

/** Equal for identifiers that name the same device. Never shown. */
export function identifierKey(kind: IdentifierKind, value: string): string {
  if (kind === 'uuid') return uuidKey(value)
  return kind === 'mac' ? value : value.toLowerCase()
}

const readers: Readonly<Record<StrongKind | 'hostName', (text: string) => string | undefined>> = {
  serial: readSerial,
  uuid: readUuid,
  udid: readUdid,
  imei: readImei,
  meid: readMeid,
  hostName: readHostName,
}

const placeholders = new Set(
  [
    'default string', 'system serial number', 'serial number', 'to be filled by o.e.m.', 'to be filled by oem', 'o.e.m.',
    'oem', 'none', 'n/a', 'na', 'not available', 'not applicable', 'not specified', 'not set', 'unknown', 'undefined',
    'null', 'invalid', 'empty', 'chassis serial number', 'base board serial number', 'xxxxxxx', '123456789', '0123456789',
    '1234567890', 'serial', 'no serial', 'system manufacturer', 'type2 - board serial number',
  ],
) // prettier-ignore

function readSerial(text: string): string | undefined {
  const serial = plain(text, 100)
  if (serial === undefined || serial.length < 3 || placeholders.has(serial.toLowerCase())) return undefined
  // One sign over and over: zeros, dots, `FFFFFFFF`.
  return /^(.)\1*$/u.test(serial.replaceAll(/[\s.-]/g, '') || '-') ? undefined : serial
}

/** Values of firmware that was never given one. */
const emptyUuids = new Set(['03000200-0400-0500-0006-000700080009', '12345678-1234-5678-90ab-cddeefaabbcc'])

/** With or without braces and hyphens, in any case. @returns RFC 9562 text form in lower case. */
function readUuid(text: string): string | undefined {
  if (text.length > 60) return undefined
  const digits = text.replaceAll(/[\s{}-]/g, '').toLowerCase()
  if (!/^[0-9a-f]{32}$/.test(digits) || /^(.)\1*$/.test(digits)) return undefined
  const uuid = `${digits.slice(0, 8)}-${digits.slice(8, 12)}-${digits.slice(12, 16)}-${digits.slice(16, 20)}-${digits.slice(20)}`
  return emptyUuids.has(uuid) || emptyUuids.has(swapped(uuid)) ? undefined : uuid
}

/**
 * SMBIOS keeps the first three fields little-endian, and of two programs on one machine one
 * swaps them and the other does not (DMTF DSP0134, 7.2.1). Both spellings are one device.
 */
function uuidKey(uuid: string): string {
  const other = swapped(uuid)
  return uuid < other ? uuid : other
}

function swapped(uuid: string): string {
  const [a = '', b = '', c = '', ...rest] = uuid.split('-')
  return [a, b, c]
    .map((field) => (field.match(/../g) ?? []).toReversed().join(''))
    .concat(rest)
    .join('-')
}

/** Apple's: 40 hexadecimal digits, or 8 and 16 with a hyphen; other makers use what they like. */
function readUdid(text: string): string | undefined {
  const udid = plain(text, 128)
  return udid === undefined || udid.length < 8 || /^[0-]*$/.test(udid) ? undefined : udid
}

/** 15 digits with their check digit; of an IMEISV (16 digits) the version is dropped. 3GPP TS 23.003, 6.2. */
function readImei(text: string): string | undefined {
  if (text.length > 40) return undefined
  const digits = text.replaceAll(/[\s/.-]/g, '')
  if (!/^\d{14,16}$/.test(digits) || /^0+$/.test(digits)) return undefined
  const body = digits.slice(0, 14)
  return digits.length === 15 ? digits : body + luhn(body)
}

function luhn(body: string): string {
  let sum = 0
  for (const [at, digit] of Array.from(body).entries()) {
    const doubled = Number(digit) * (at % 2 === 1 ? 2 : 1)
    sum += doubled > 9 ? doubled - 9 : doubled
  }
  return String((10 - (sum % 10)) % 10)
}

/** 14 hexadecimal digits, from those, from 18 decimal ones, or with a check digit (3GPP2 S.R0048). Ten decimals, as Cisco has them, stay. */
function readMeid(text: string): string | undefined {
  if (text.length > 40) return undefined
  const digits = text.replaceAll(/[\s.-]/g, '').toUpperCase()
  if (/^0*$/.test(digits)) return undefined
  if (/^\d{18}$/.test(digits)) {
    const [high, low] = [Number(digits.slice(0, 10)), Number(digits.slice(10))]
    if (high > 0xffff_ffff || low > 0xff_ffff) return undefined
    return (high.toString(16).padStart(8, '0') + low.toString(16).padStart(6, '0')).toUpperCase()
  }
  if (/^[0-9A-F]{14,15}$/.test(digits)) return digits.slice(0, 14)
  return /^\d{10}$/.test(digits) ? digits : undefined
}

function readHostName(text: string): string | undefined {
  const name = plain(text, 255)?.replace(/\.$/, '')
  return name === undefined || name === '' || /^localhost(\.|$)/i.test(name) ? undefined : name
}

/** Without what cannot be seen. Too long is unusable: cut off, it could be another device's. */
function plain(text: string, most: number): string | undefined {
  if (text.length > 2 * most) return undefined
  const clean = text
    .normalize('NFC')
    .replaceAll(/[\p{Cc}\p{Cf}\p{Cs}\p{Co}\p{Cn}]/gu, '')
    .replaceAll(/\s+/gu, ' ')
    .trim()
  return clean === '' || clean.length > most ? undefined : clean
}
