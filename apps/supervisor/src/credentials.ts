/**
 * The first administrator's password and API key: made here, kept in files only this user can read.
 *
 * @module
 */
import { existsSync } from 'node:fs'
import { randomBytes, toBase64Url } from '@sallygate/base/bytes'
import { readPrivateFile, writeFileAtomic } from '@sallygate/base/file'
import { Secret } from '@sallygate/base/secret'
import { supervisorFailure } from './failures.ts'
import type { Home } from './home.ts'

export const adminUser = 'admin'

export interface CredentialFiles {
  readonly adminPassword: string
  readonly apiKey: string
}

/** What credentials.json holds; the CLI reads it. */
export interface Credentials {
  readonly consoleUrl: string
  readonly adminUser: string
  readonly adminPassword: string
  readonly apiKey: string
  /** With which the sample office's NAC asks nac. */
  readonly ise?: IseAccount
}

export interface IseAccount {
  readonly user: string
  readonly password: string
}

/** @throws FILE_NOT_PRIVATE, FILE_MISSING, SUPERVISOR_PASSWORD_FILE. */
export function prepareCredentials(home: Home, givenPasswordFile?: string): CredentialFiles {
  const apiKey = home.of('console', 'first-api-key')
  if (!existsSync(apiKey)) writeFileAtomic(apiKey, `sgk_${toBase64Url(randomBytes(32))}\n`)
  const own = home.of('console', 'first-admin-password')
  if (givenPasswordFile !== undefined) {
    checkPassword(givenPasswordFile)
    return { adminPassword: givenPasswordFile, apiKey }
  }
  // 120 random bits: no rule about letters and digits adds anything to that.
  if (!existsSync(own)) writeFileAtomic(own, `${toBase64Url(randomBytes(15))}\n`)
  return { adminPassword: own, apiKey }
}

function checkPassword(path: string): void {
  const password = firstLine(path)
  if (password.length < 12 || Buffer.byteLength(password) > 1024)
    throw supervisorFailure('PASSWORD_FILE', { details: { path } })
}

function firstLine(path: string): string {
  return readPrivateFile(path).toString('utf8').split(/\r?\n/, 1)[0] ?? ''
}

export function readApiKey(files: CredentialFiles): Secret {
  return new Secret(firstLine(files.apiKey))
}

export function writeCredentials(home: Home, consoleUrl: string, files: CredentialFiles, ise?: IseAccount): void {
  const credentials: Credentials = {
    consoleUrl,
    adminUser,
    adminPassword: firstLine(files.adminPassword),
    apiKey: firstLine(files.apiKey),
    ...(ise === undefined ? {} : { ise }),
  }
  writeFileAtomic(home.credentialsFile, `${JSON.stringify(credentials, undefined, 2)}\n`)
}
