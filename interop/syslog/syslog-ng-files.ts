/**
 * syslog-ng without installing it: Debian's system loggers exclude each other, so its package is unpacked beside.
 *
 * @module
 */
import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, readdirSync, renameSync, rmSync } from 'node:fs'
import { tmpdir, userInfo } from 'node:os'
import { join } from 'node:path'
import { findProgram } from '@sallygate/testkit/peers'

export interface SyslogNgFiles {
  readonly program: string
  readonly modules: string
  readonly libraries: string
}

const folder = join(tmpdir(), `sallygate-syslog-ng-${userInfo().uid}`)

/** @returns `undefined` where it can be neither found nor fetched. */
export function syslogNgFiles(): SyslogNgFiles | undefined {
  const installed = findProgram('syslog-ng')
  if (installed === undefined && !existsSync(join(folder, 'usr/sbin/syslog-ng')) && !fetchPackage()) return undefined
  const root = installed === undefined ? folder : '/'
  const libraries = join(root, 'usr/lib/syslog-ng')
  const version = readdirSync(libraries).find((name) => /^\d+\.\d+$/.test(name))
  if (version === undefined) return undefined
  return {
    program: installed ?? join(root, 'usr/sbin/syslog-ng'),
    modules: join(libraries, version),
    libraries,
  }
}

/** Two runs at once may do it twice; whoever is last finds it there. */
function fetchPackage(): boolean {
  if (findProgram('apt-get') === undefined || findProgram('dpkg-deb') === undefined) return false
  const fresh = `${folder}.${process.pid}`
  mkdirSync(fresh, { recursive: true })
  try {
    const run = (program: string, args: readonly string[]) =>
      spawnSync(program, args, { cwd: fresh, timeout: 60_000, stdio: 'ignore' }).status === 0
    if (!run('apt-get', ['-q', 'download', 'syslog-ng-core'])) return false
    const file = readdirSync(fresh).find((name) => name.endsWith('.deb'))
    if (file === undefined || !run('dpkg-deb', ['-x', file, '.'])) return false
    if (!existsSync(folder)) renameSync(fresh, folder)
    return true
  } finally {
    rmSync(fresh, { recursive: true, force: true })
  }
}
