/**
 * What the suites need to know of a running mail server, whichever it is.
 *
 * Every one delivers for `lab.test` into one Maildir, takes the account below on encrypted
 * connections, says *later* for `later@lab.test` and *never* for `gone@lab.test`.
 *
 * @module
 */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { makeTlsAuthority } from '@sallygate/testkit/tls-server-identity'
import { deliveredTo, type Delivered } from './mailbox.ts'

export const account = { user: 'relay', password: 'r3lay' } as const

export interface MailServer {
  readonly version: string
  /** Takes mail from this machine without a sign-in, encrypted or not. */
  readonly openPort: number
  /** STARTTLS, and a sign-in behind it. */
  readonly submissionPort: number
  /** TLS from the first byte. */
  readonly implicitPort: number
  /** PEM. */
  readonly authority: string
  delivered(): readonly Delivered[]
  stop(): Promise<void>
}

/** A folder with a certificate for localhost; everything of a server lies in it. */
export async function makeServerFolder(name: string) {
  const folder = mkdtempSync(join(tmpdir(), `sallygate-${name}-`))
  const authority = await makeTlsAuthority()
  const { cert, key } = await authority.issue(['localhost'])
  for (const below of ['mail', 'tls']) mkdirSync(join(folder, below), { mode: 0o755 })
  writeFileSync(join(folder, 'tls/cert.pem'), cert)
  writeFileSync(join(folder, 'tls/key.pem'), key, { mode: 0o600 })
  return {
    folder,
    in: (path: string) => join(folder, path),
    authority: authority.certificate,
    delivered: () => deliveredTo(join(folder, 'mail')),
    remove: () => rmSync(folder, { recursive: true, force: true }),
  }
}
