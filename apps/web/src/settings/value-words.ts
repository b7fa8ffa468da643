/**
 * Settings in words, for where they are told and not entered.
 *
 * @module
 */
import { isStoredSecret } from './page-values.ts'

const pages: Readonly<Record<string, string>> = {
  cloudConnector: 'Cloud connector',
  siteUrls: 'Site URLs',
  directory: 'Directory',
  mail: 'Mail',
  notifications: 'Notifications',
  syslog: 'Syslog',
  restrictedActions: 'Restricted actions',
  devices: 'Devices',
}

const fields: Readonly<Record<string, string>> = {
  isEnabled: 'in use',
  autoUpdate: 'updates by themselves',
  relayUrlChoice: 'way to the relay',
  baseDn: 'base DN',
  bindDn: 'bind account',
  bindPassword: 'bind password',
  userBaseDn: 'base DN of people',
  groupBaseDn: 'base DN of groups',
  trust: 'authorities to believe',
}

export const pageWords = (page: string): string => pages[page] ?? page

/** `maxEntries` becomes `max entries`. */
export const fieldWords = (field: string): string =>
  fields[field] ?? field.replace(/\p{Lu}/gu, (letter) => ` ${letter.toLowerCase()}`)

const most = 120

export function valueWords(value: unknown): string {
  if (isStoredSecret(value)) return 'stored'
  if (value === true) return 'yes'
  if (value === false) return 'no'
  if (value === undefined || value === null || value === '') return 'empty'
  const text = typeof value === 'object' ? objectWords(value) : String(value as string | number)
  return text.length > most ? `${text.slice(0, most)}…` : text
}

function objectWords(value: object): string {
  if (Array.isArray(value)) return value.map((one) => valueWords(one)).join('; ')
  return Object.entries(value)
    .map(([name, one]) => `${fieldWords(name)} ${valueWords(one)}`)
    .join(', ')
}
