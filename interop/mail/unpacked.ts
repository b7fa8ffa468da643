/**
 * Mail servers without installing them: Debian's exclude each other, so a package is unpacked beside.
 *
 * @module
 */
import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, readdirSync, renameSync, rmSync } from 'node:fs'
import { tmpdir, userInfo } from 'node:os'
import { join } from 'node:path'
import { findProgram } from '@sallygate/testkit/peers'

/** @returns the folder that stands for `/`; `undefined` where the packages cannot be fetched. */
export function unpacked(program: string, packages: readonly string[]): string | undefined {
  const folder = join(tmpdir(), `sallygate-${packages.join('-')}-${userInfo().uid}`)
  return existsSync(join(folder, program)) || fetchPackages(folder, packages) ? folder : undefined
}

/** Two runs at once may do it twice; whoever is last finds it there. */
function fetchPackages(folder: string, packages: readonly string[]): boolean {
  if (findProgram('apt-get') === undefined || findProgram('dpkg-deb') === undefined) return false
  const fresh = `${folder}.${process.pid}`
  mkdirSync(fresh, { recursive: true, mode: 0o755 })
  try {
    const run = (name: string, args: readonly string[]) =>
      spawnSync(name, args, { cwd: fresh, timeout: 60_000, stdio: 'ignore' }).status === 0
    if (!run('apt-get', ['-q', 'download', ...packages])) return false
    for (const file of readdirSync(fresh).filter((name) => name.endsWith('.deb'))) {
      if (!run('dpkg-deb', ['-x', file, '.'])) return false
    }
    if (!existsSync(folder)) renameSync(fresh, folder)
    return true
  } finally {
    rmSync(fresh, { recursive: true, force: true })
  }
}
