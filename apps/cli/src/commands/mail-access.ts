/**
 * What every `sallygate mail` command begins with.
 *
 * @module
 */
import { consoleFrom, groupIdFrom, type AccessOptions } from '../console-access.ts'

export type Flags = AccessOptions & { readonly json?: boolean; readonly group?: string }

/** A failure, as the console tells it. */
export interface Words {
  readonly code: string
  readonly says: string
  readonly fix: string
}

export async function access(flags: Flags) {
  const client = consoleFrom(flags)
  return { client, path: `/api/groups/${await groupIdFrom(client, flags.group)}/mail` }
}
