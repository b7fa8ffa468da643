/**
 * Network adapters of Linux, from sysfs.
 *
 * @module
 */
import type { Adapter } from '../platform/observation.ts'
import type { Files } from '../platform/files.ts'

const ethernet = '1'

export function linuxAdapters(files: Files): readonly Adapter[] {
  const leading = defaultInterfaces(files)
  return files.list('/sys/class/net').flatMap((name) => {
    const at = `/sys/class/net/${name}`
    if (files.read(`${at}/type`) !== ethernet) return []
    // The slave of a bond shows the bond's address; its own is here.
    const mac = files.read(`${at}/bonding_slave/perm_hwaddr`) ?? files.read(`${at}/address`)
    if (mac === undefined) return []
    const isPhysical = files.resolve(at)?.includes('/devices/virtual/') === false
    return [{ name, mac, isPhysical, isDefaultRoute: leading.has(name) }]
  })
}

/** The kernel's routes: the destination 00000000 is everywhere. proc(5). */
function defaultInterfaces(files: Files): ReadonlySet<string> {
  const rows = (files.read('/proc/net/route') ?? '').split('\n').map((line) => line.split(/\s+/))
  return new Set(rows.filter(([, destination]) => destination === '00000000').map(([name = '']) => name))
}
