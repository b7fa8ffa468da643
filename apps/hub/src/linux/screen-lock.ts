/**
 * Whether the screen of a Linux desktop locks by itself.
 *
 * Only what is enforced for everybody is known for sure: a system-wide dconf database that
 * users cannot change, or the settings of the desktop that the hub runs in. A machine
 * without a desktop has no screen to lock, and that is unknown.
 *
 * @module
 */
import type { Files } from '../platform/files.ts'
import type { Programs } from '../platform/programs.ts'

const gsettings = ['/usr/bin/gsettings']
const lockKey = '/org/gnome/desktop/screensaver/lock-enabled'

export async function linuxScreenLock(files: Files, programs: Programs): Promise<boolean | undefined> {
  const enforced = enforcedByDconf(files)
  if (enforced !== undefined) return enforced
  // Of root's own settings nobody's screen depends.
  if (process.getuid?.() === 0) return undefined
  const lock = await programs.run(gsettings, ['get', 'org.gnome.desktop.screensaver', 'lock-enabled'])
  const idle = await programs.run(gsettings, ['get', 'org.gnome.desktop.session', 'idle-delay'])
  if (lock?.code !== 0 || idle?.code !== 0) return undefined
  return readGnomeLock(lock.out, idle.out)
}

/** @param idle as `uint32 300`; 0 is *never*. */
export function readGnomeLock(lock: string, idle: string): boolean | undefined {
  const seconds = /^uint32 (\d+)$/.exec(idle.trim())?.[1]
  if (!/^(?:true|false)$/.test(lock.trim()) || seconds === undefined) return undefined
  return lock.trim() === 'true' && Number(seconds) > 0
}

function enforcedByDconf(files: Files): boolean | undefined {
  const folder = '/etc/dconf/db/local.d'
  const locked = files
    .list(`${folder}/locks`)
    .some((name) => files.read(`${folder}/locks/${name}`)?.split('\n').includes(lockKey))
  if (!locked) return undefined
  const texts = files.list(folder).map((name) => files.read(`${folder}/${name}`) ?? '')
  const value = texts
    .flatMap((text) => keyFileValue(text, 'org/gnome/desktop/screensaver', 'lock-enabled') ?? [])
    .at(-1)
  return value === undefined ? undefined : value === 'true'
}

/** A key file of GLib: sections in brackets, names and values. */
export function keyFileValue(text: string, section: string, name: string): string | undefined {
  let current = ''
  for (const line of text.split('\n').map((one) => one.trim())) {
    if (line.startsWith('[') && line.endsWith(']')) current = line.slice(1, -1)
    const [key = '', ...rest] = line.split('=')
    if (current === section && key.trim() === name) return rest.join('=').trim()
  }
  return undefined
}
