/**
 * References as they can stand in an address of the console.
 *
 * `DOMAIN\\user` cannot: the console knows no address with a backslash or a slash in a
 * segment, however it is written, because proxies disagree about what it means. An id can.
 *
 * @module
 */
import type { ConsoleClient } from '@sallygate/supervisor'
import { cliFailure } from './failures.ts'

interface Listing {
  /** Where those are listed that may be meant, and under which member. */
  readonly path: string
  readonly of: string
  readonly name: 'user' | 'name'
}

type Client = Pick<ConsoleClient, 'call'>
type Listed = Readonly<Record<string, unknown>>

/** @throws CLI_BAD_ARGUMENT, CONSOLE_*. */
export const adminPath = (client: Client, reference: string) =>
  addressOf(client, { path: '/api/admins', of: 'admins', name: 'name' }, reference)

/** @throws CLI_BAD_ARGUMENT, CONSOLE_*. */
export const nacAccountPath = (client: Client, reference: string) =>
  addressOf(client, { path: '/api/nac/accounts', of: 'accounts', name: 'user' }, reference)

/** @throws CLI_BAD_ARGUMENT when nobody is called that; CONSOLE_*. */
async function addressOf(client: Client, { path, of, name }: Listing, reference: string): Promise<string> {
  if (!/[\\/]/.test(reference)) return `${path}/${encodeURIComponent(reference)}`
  const wanted = plain(reference)
  for (let cursor: string | undefined = ''; cursor !== undefined;) {
    const page: Listed = await client.call<Listed>('GET', cursor === '' ? path : `${path}?cursor=${cursor}`)
    const found = (page[of] as readonly Listed[]).find((one) => plain(String(one[name])) === wanted)
    if (found !== undefined) return `${path}/${encodeURIComponent(String(found['id']))}`
    cursor = page['nextCursor'] as string | undefined
  }
  throw cliFailure('BAD_ARGUMENT', { details: { expected: 'a name that there is', name: reference } })
}

const plain = (name: string) => name.normalize('NFC').toLowerCase()
