/**
 * The Debian packages that suites against real peers need, and how they get here.
 *
 * Each folder of interop and e2e lists its own in packages.txt. They are installed only by
 * root, only where apt is, and without letting a daemon start by itself: a test
 * starts what it needs on loopback and stops it by its pid.
 *
 * @module
 */
import { spawnSync } from 'node:child_process'
import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { root } from './source-files.ts'

export function wantedPackages(): readonly string[] {
  const suites = ['interop', 'e2e'].map((name) => join(root, name)).filter((folder) => existsSync(folder))
  const lists = suites.flatMap((suite) => readdirSync(suite).map((name) => join(suite, name, 'packages.txt')))
  const names = lists.filter((path) => existsSync(path)).flatMap((path) => readFileSync(path, 'utf8').split('\n'))
  return [...new Set(names.map((name) => name.replace(/#.*/, '').trim()).filter((name) => name !== ''))].toSorted()
}

/** Names dpkg does not know as installed. On a machine without dpkg: none, and the suites say themselves what they miss. */
export function missingPackages(names: readonly string[]): readonly string[] {
  if (names.length === 0) return []
  const answer = spawnSync('dpkg-query', ['-W', '-f', '${Package} ${db:Status-Status}\n', ...names], {
    encoding: 'utf8',
  })
  if (answer.error !== undefined) return []
  const installed = new Set(
    answer.stdout
      .split('\n')
      .filter((line) => line.endsWith(' installed'))
      .map((line) => line.split(' ')[0]),
  )
  return names.filter((name) => !installed.has(name))
}

/** @returns whether everything is there now; what apt said went to the terminal. */
export function installPackages(names: readonly string[]): boolean {
  return withoutDaemons(() => {
    const run = (...args: readonly string[]) =>
      spawnSync('apt-get', ['-q', '-y', '-o', 'Dpkg::Use-Pty=0', ...args], {
        stdio: ['ignore', 'ignore', 'inherit'],
        env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
      }).status === 0
    const install = () => run('install', '--no-install-recommends', ...names)
    // The lists may be absent or old; asking for them first costs more than trying.
    return install() || (run('update') && install())
  })
}

export function canInstall(): boolean {
  return process.getuid?.() === 0 && spawnSync('apt-get', ['--version'], { stdio: 'ignore' }).status === 0
}

/** Debian's invoke-rc.d asks this file before it starts anything; 101 means no. */
function withoutDaemons<T>(action: () => T): T {
  const policy = '/usr/sbin/policy-rc.d'
  if (existsSync(policy)) return action()
  writeFileSync(policy, '#!/bin/sh\nexit 101\n', { mode: 0o755 })
  try {
    return action()
  } finally {
    rmSync(policy, { force: true })
  }
}
