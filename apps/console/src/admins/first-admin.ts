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
import { storeFailure, type Passwords, type Store } from '@sallygate/store'
import { consoleFailure } from '../failures.ts'
import type { ConsoleSettings } from '../settings.ts'

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
      await inside.admins.addFirst({ name: firstAdminName, passwordHash })
      if (key !== undefined) await inside.apiKeys.add({ name: 'first API key', key })
    })
    log.info('first administrator made', { admin: firstAdminName, apiKey: key !== undefined })
  } catch (error) {
    if (!storeFailure.is(error) || error.code !== 'STORE_FIRST_ADMIN_EXISTS') throw error
  }
}

function firstLine(path: string): Secret {
  return new Secret(readPrivateFile(path).toString('utf8').split(/\r?\n/, 1)[0] ?? '')
}
