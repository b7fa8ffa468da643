/**
 * Where the API keeps a group's directory, and how many rows a list may have.
 *
 * @module
 */
import type { ConsoleClient } from '@sallygate/supervisor'
import { consoleFrom, groupIdFrom, type GroupOptions } from './console-access.ts'
import { cliFailure } from './failures.ts'
import { say } from './output.ts'

export async function directoryFrom(
  flags: GroupOptions,
): Promise<{ readonly client: ConsoleClient; readonly path: string }> {
  const client = consoleFrom(flags)
  const group = await groupIdFrom(client, flags.group)
  return { client, path: `/api/groups/${group}/directory` }
}

/** The console takes a thousand a page. @throws CLI_BAD_ARGUMENT. */
export function limitOf(text: string): string {
  const limit = Number(text)
  if (!Number.isInteger(limit) || limit < 1 || limit > 1000)
    throw cliFailure('BAD_ARGUMENT', { details: { argument: '--limit', expected: 'a number from 1 to 1000' } })
  return text
}

/** Of a list that may not be all there is. */
export interface More {
  readonly nextCursor?: string
}

export function sayMore({ nextCursor }: More): void {
  if (nextCursor !== undefined) say(`More: --cursor ${nextCursor}`)
}
