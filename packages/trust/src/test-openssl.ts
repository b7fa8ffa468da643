/**
 * The `openssl` command, an independent reader and writer, for tests.
 *
 * @module
 */
import { execFileSync, spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

export const hasOpenssl = spawnSync('openssl', ['version']).status === 0
if (!hasOpenssl) console.info('comparison with OpenSSL skipped: there is no openssl command on this machine')

/** Runs `openssl` in a directory that holds `files`. @throws with its error output when it does not succeed. */
export function openssl(files: Readonly<Record<string, string | Uint8Array>>, ...args: readonly string[]): Buffer {
  const directory = mkdtempSync(join(tmpdir(), 'sallygate-trust-'))
  try {
    for (const [name, content] of Object.entries(files)) writeFileSync(join(directory, name), content)
    return execFileSync('openssl', args, { cwd: directory, stdio: ['ignore', 'pipe', 'pipe'] })
  } finally {
    rmSync(directory, { recursive: true })
  }
}
