/**
 * The last administrator: there is always one who may do everything and can sign in without anybody's help.
 *
 * That is a local account, neither disabled nor with an end. A directory that does not
 * answer must not keep everybody out.
 *
 * @module
 */
import type { Repositories, Store } from '@sallygate/store'
import { consoleFailure } from '../failures.ts'
import { administratorRole } from './built-in-roles.ts'

/**
 * Makes a change and takes it back if nobody would be left.
 *
 * @throws CONSOLE_LAST_ADMINISTRATOR, and what the change throws.
 */
export function keepingOne<T>(store: Store, change: (inside: Repositories) => Promise<T>): Promise<T> {
  return store.transaction(async (inside) => {
    // One at a time, or two who each remove the other would both see one left.
    await inside.adminAccounts.holdAll()
    const result = await change(inside)
    const all = new Set(
      (await inside.roles.assignments())
        .filter(
          ({ subjectKind, role, group }) =>
            subjectKind === 'admin' && role === administratorRole && group === undefined,
        )
        .map(({ subject }) => subject),
    )
    const left = (await inside.adminAccounts.list()).filter(
      ({ admin, kind, disabledAt, expiresAt }) =>
        all.has(admin) && kind === 'local' && disabledAt === undefined && expiresAt === undefined,
    )
    if (left.length === 0) throw consoleFailure('LAST_ADMINISTRATOR')
    return result
  })
}
