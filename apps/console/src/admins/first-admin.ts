/**
 * The first administrator: made once from files, impossible ever after.
 *
 * That it happens once is a rule of the database, not a question asked before: of two
 * that try at the same time one wins, and a removed administrator does not reopen it.
 *
 * @module
 */
import { readPrivateFile } from '@sallygate/base/file'
import type { Log } from '@sallygate/base/log'
import { Secret } from '@sallygate/base/secret'
import {
  storeFailure,
  type Admin,
  type NewAdmin,
  type Passwords,
  type Repositories,
  type Store,
} from '@sallygate/store'
import { consoleFailure } from '../failures.ts'
import type { ConsoleSettings } from '../settings.ts'
import { administratorRole } from './built-in-roles.ts'

export const firstAdminName = 'admin'

const shortestPassword = 12

/** @throws FILE_*, CONSOLE_FIRST_SECRET_UNUSABLE, STORE_KEY_SHAPE. */
export async function makeFirstAdmin(
  settings: Pick<ConsoleSettings, 'firstAdminPasswordFile' | 'firstApiKeyFile'>,
  store: Store,
  passwords: Passwords,
  log: Log,
): Promise<void> {
  const { firstAdminPasswordFile: passwordFile, firstApiKeyFile: keyFile } = settings
  // Only to save the hashing; what decides is `addFirst`.
  if (passwordFile === undefined || (await store.admins.list()).length > 0) return
  const password = firstLine(passwordFile)
  if (Buffer.byteLength(password.reveal()) < shortestPassword) {
    throw consoleFailure('FIRST_SECRET_UNUSABLE', { details: { path: passwordFile } })
  }
  const passwordHash = await passwords.hash(password)
  const key = keyFile === undefined ? undefined : firstLine(keyFile)
  try {
    await store.transaction(async (inside) => {
      await addFirstAdmin(inside, { name: firstAdminName, passwordHash })
      if (key === undefined) return
      const { apiKey } = await inside.apiKeys.add({ name: 'first API key', key })
      const everywhere = { role: administratorRole, group: undefined }
      await inside.roles.assign({ subjectKind: 'apiKey', subject: apiKey.id, ...everywhere })
    })
    log.info('first administrator made', { admin: firstAdminName, apiKey: key !== undefined })
  } catch (error) {
    if (!storeFailure.is(error) || error.code !== 'STORE_FIRST_ADMIN_EXISTS') throw error
  }
}

/** @throws STORE_FIRST_ADMIN_EXISTS, STORE_NAME_INVALID. */
export async function addFirstAdmin(inside: Repositories, first: NewAdmin): Promise<Admin> {
  const admin = await inside.admins.addFirst(first)
  await inside.adminAccounts.add({ admin: admin.id, kind: 'local', group: undefined, expiresAt: undefined })
  const everywhere = { role: administratorRole, group: undefined }
  await inside.roles.assign({ subjectKind: 'admin', subject: admin.id, ...everywhere })
  return admin
}

function firstLine(path: string): Secret {
  return new Secret(readPrivateFile(path).toString('utf8').split(/\r?\n/, 1)[0] ?? '')
}
