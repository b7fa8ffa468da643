/**
 * What nac is handed at the first start: the console's file, and an account for the sample office's NAC.
 *
 * @module
 */
import { existsSync, readFileSync } from 'node:fs'
import { randomBytes, toBase64Url } from '@sallygate/base/bytes'
import { readPrivateFile, writeFileAtomic } from '@sallygate/base/file'
import type { ConsoleClient } from './console-client.ts'
import type { IseAccount } from './credentials.ts'
import type { Home } from './home.ts'

const iseUser = 'ise'

/** The same that an administrator exports for a nac on another host. */
export async function provideNac(console_: ConsoleClient, home: Home, consoleUrl: string): Promise<void> {
  const file = home.of('nac', 'console.json')
  if (existsSync(file)) return
  const body = { name: 'nac of this machine', consoleUrl }
  writeFileAtomic(file, `${JSON.stringify(await console_.call('POST', '/api/nac/export', body))}\n`)
}

/** A second start with other ports must not leave nac asking the old one. */
export function moveNac(home: Home, consoleUrl: string): void {
  const file = home.of('nac', 'console.json')
  if (!existsSync(file)) return
  const content = JSON.parse(readFileSync(file, 'utf8')) as { readonly consoleUrl?: string }
  if (content.consoleUrl !== consoleUrl) writeFileAtomic(file, `${JSON.stringify({ ...content, consoleUrl })}\n`)
}

export function makeMetricsToken(home: Home): void {
  const file = home.of('nac', 'metrics.token')
  if (!existsSync(file)) writeFileAtomic(file, `${toBase64Url(randomBytes(32))}\n`)
}

/** To look with, from the first minute on: it may ask and change nothing. */
export async function provideIseAccount(console_: ConsoleClient, home: Home): Promise<IseAccount> {
  const file = home.of('nac', 'ise-password')
  if (!existsSync(file)) {
    const secret = toBase64Url(randomBytes(15))
    await console_.call('POST', '/api/nac/accounts', { user: iseUser, secret })
    writeFileAtomic(file, `${secret}\n`)
  }
  return { user: iseUser, password: readPrivateFile(file).toString('utf8').trim() }
}
