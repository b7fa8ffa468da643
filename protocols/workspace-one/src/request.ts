/**
 * Requests of the part of Workspace ONE's REST API that NACs and inventories call.
 *
 * Paths are taken in any case, below `/api`, as real clients write them both ways.
 * What is not in the table is nothing.
 *
 * @module
 */

/** By which a device is found: the words of `searchby`, in lower case. */
export const selectors = ['macaddress', 'udid', 'serialnumber', 'imeinumber', 'easid', 'deviceid', 'uuid'] as const
export type SelectorWord = (typeof selectors)[number]

export interface Selector {
  readonly by: SelectorWord
  readonly value: string
}

/** What is told about a device beside the device itself. */
export const details = ['security', 'network', 'compliance', 'user', 'apps', 'certificates', 'profiles'] as const
export type Detail = (typeof details)[number]

export type Query = ReadonlyMap<string, string>

export type UemRequest =
  | { readonly kind: 'help' }
  | { readonly kind: 'info' }
  | { readonly kind: 'groups'; readonly query: Query }
  | { readonly kind: 'admins' }
  | { readonly kind: 'device'; readonly selector: Selector | undefined; readonly detail: Detail | undefined }
  /** The selectors are in the body. */
  | { readonly kind: 'bulk'; readonly by: SelectorWord | undefined }
  | { readonly kind: 'search'; readonly query: Query }
  | { readonly kind: 'command'; readonly selector: Selector | undefined; readonly command: string }
  | { readonly kind: 'bulkCommand'; readonly by: SelectorWord | undefined; readonly command: string }
  | { readonly kind: 'message'; readonly selector: Selector | undefined }
  | { readonly kind: 'wrongMethod'; readonly allow: string }

/** @returns `undefined` for an address that is not of this API. */
export function readUemRequest(method: string, address: string): UemRequest | undefined {
  const at = address.indexOf('?')
  const path = at < 0 ? address : address.slice(0, at)
  if (path.length > 2048 || !/^\/api\//i.test(path)) return undefined
  const segments = path.replace(/\/$/, '').split('/').slice(2)
  if (segments.some((segment) => segment === '' || /^\.+$|%2e|%2f|%5c|%00|[;\\]/i.test(segment))) return undefined
  const words = segments.map(decode)
  const found: Found = { words, query: readQuery(at < 0 ? '' : address.slice(at + 1)) }
  const matching = rows.filter(({ path: pattern }) => matches(pattern, words))
  const row = matching.find((one) => one.method === method)
  if (row !== undefined) return row.read(found)
  if (matching.length === 0) return undefined
  return { kind: 'wrongMethod', allow: [...new Set(matching.map((one) => one.method))].join(', ') }
}

interface Found {
  readonly words: readonly string[]
  readonly query: Query
}

interface Row {
  readonly method: 'GET' | 'POST'
  /** `*` stands for one word. The first row that fits holds. */
  readonly path: string
  readonly read: (found: Found) => UemRequest
}

const idAt = (words: readonly string[], at: number): Selector => selectorOf('deviceid', words[at] ?? '')

const rows: readonly Row[] = [
  { method: 'GET', path: 'help', read: () => ({ kind: 'help' }) },
  { method: 'GET', path: 'system/info', read: () => ({ kind: 'info' }) },
  { method: 'GET', path: 'system/groups/search', read: ({ query }) => ({ kind: 'groups', query }) },
  { method: 'GET', path: 'system/admins/search', read: () => ({ kind: 'admins' }) },
  {
    method: 'GET',
    path: 'mdm/devices',
    read: ({ query }) => ({ kind: 'device', selector: asked(query), detail: undefined }),
  },
  { method: 'POST', path: 'mdm/devices', read: ({ query }) => ({ kind: 'bulk', by: wordOf(query.get('searchby')) }) },
  { method: 'POST', path: 'mdm/devices/id', read: () => ({ kind: 'bulk', by: 'deviceid' }) },
  ...(['search', 'extensivesearch', 'litesearch'] as const).map((word): Row => ({
    method: 'GET',
    path: `mdm/devices/${word}`,
    read: ({ query }) => ({ kind: 'search', query }),
  })),
  ...details.flatMap((detail): readonly Row[] => [
    {
      method: 'GET',
      path: `mdm/devices/${detail}`,
      read: ({ query }) => ({ kind: 'device', selector: asked(query), detail }),
    },
    {
      method: 'GET',
      path: `mdm/devices/*/${detail}`,
      read: ({ words }) => ({ kind: 'device', selector: idAt(words, 2), detail }),
    },
  ]),
  {
    method: 'POST',
    path: 'mdm/devices/commands',
    read: ({ query }) => ({ kind: 'command', selector: asked(query), command: query.get('command') ?? '' }),
  },
  {
    method: 'POST',
    path: 'mdm/devices/commands/bulk',
    read: ({ query }) => ({
      kind: 'bulkCommand',
      by: wordOf(query.get('searchby')),
      command: query.get('command') ?? '',
    }),
  },
  {
    method: 'POST',
    path: 'mdm/devices/commands/*/device/*/*',
    read: ({ words: [, , , command = '', , by = '', value = ''] }) => ({
      kind: 'command',
      selector: select(by, value),
      command,
    }),
  },
  {
    method: 'POST',
    path: 'mdm/devices/*/commands',
    read: ({ words, query }) => ({ kind: 'command', selector: idAt(words, 2), command: query.get('command') ?? '' }),
  },
  {
    method: 'POST',
    path: 'mdm/devices/*/commands/*',
    read: ({ words }) => ({ kind: 'command', selector: idAt(words, 2), command: words[4] ?? '' }),
  },
  ...['push', 'sms', 'email'].map((word): Row => ({
    method: 'POST',
    path: `mdm/devices/*/messages/${word}`,
    read: ({ words }) => ({ kind: 'message', selector: idAt(words, 2) }),
  })),
  {
    method: 'POST',
    path: 'mdm/devices/*/sendmessage',
    read: ({ words }) => ({ kind: 'message', selector: idAt(words, 2) }),
  },
  {
    method: 'POST',
    path: 'mdm/devices/*/*/sendmessage',
    read: ({ words: [, , by = '', value = ''] }) => ({ kind: 'message', selector: select(by, value) }),
  },
  {
    method: 'GET',
    path: 'mdm/devices/udid/*',
    read: ({ words }) => ({ kind: 'device', selector: select('udid', words[3] ?? ''), detail: undefined }),
  },
  {
    method: 'GET',
    path: 'mdm/devices/*',
    read: ({ words }) => ({ kind: 'device', selector: idAt(words, 2), detail: undefined }),
  },
]

function matches(pattern: string, words: readonly string[]): boolean {
  const parts = pattern.split('/')
  return parts.length === words.length && parts.every((part, at) => part === '*' || part === words[at]?.toLowerCase())
}

function asked(query: Query): Selector | undefined {
  return select(query.get('searchby') ?? '', query.get('id') ?? '')
}

function select(word: string, value: string): Selector | undefined {
  const by = wordOf(word)
  return by === undefined ? undefined : selectorOf(by, value)
}

/** @returns `undefined` for a word by which nothing can be searched. */
export function wordOf(word: string | undefined): SelectorWord | undefined {
  return selectors.find((known) => known === word?.trim().toLowerCase())
}

/** A device id that is no number is taken as the UUID that newer versions use. */
export function selectorOf(by: SelectorWord, value: string): Selector {
  const trimmed = value.trim().slice(0, 256)
  return by === 'deviceid' && !/^\d{1,15}$/.test(trimmed) ? { by: 'uuid', value: trimmed } : { by, value: trimmed }
}

function readQuery(text: string): Query {
  const found = new Map<string, string>()
  for (const pair of text.slice(0, 8192).split('&')) {
    const at = pair.indexOf('=')
    const name = decode((at < 0 ? pair : pair.slice(0, at)).replaceAll('+', ' ')).toLowerCase()
    if (name !== '' && !found.has(name)) found.set(name, at < 0 ? '' : decode(pair.slice(at + 1).replaceAll('+', ' ')))
  }
  return found
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}
