/**
 * The keytab of a connector: `directory.keytab` in its home, told to the Kerberos library of this process.
 *
 * The library knows no other way than its environment. What an administrator has set
 * there, or in krb5.conf, is left alone.
 *
 * @module
 */
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { readPrivateFile } from '@sallygate/base/file'

/** @returns what to add to the environment. @throws FILE_NOT_PRIVATE for a keytab that others can read. */
export function kerberosEnvironment(
  home: string,
  environment: Readonly<Record<string, string | undefined>>,
): Readonly<Record<string, string>> {
  const keytab = join(home, 'directory.keytab')
  if (environment['KRB5_CLIENT_KTNAME'] !== undefined || !existsSync(keytab)) return {}
  readPrivateFile(keytab)
  return {
    KRB5_CLIENT_KTNAME: `FILE:${keytab}`,
    // Tickets live as long as the process, and in nobody's files.
    ...(environment['KRB5CCNAME'] === undefined ? { KRB5CCNAME: 'MEMORY:sallygate' } : {}),
  }
}
