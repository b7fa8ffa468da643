/**
 * Files that are read again when they change.
 *
 * Looked at every few seconds rather than watched: renames, symbolic links that flip
 * (as Kubernetes does it) and network file systems all look the same from here.
 *
 * @module
 */
import { statSync } from 'node:fs'
import { every, type Clock, type Timer } from '@sallygate/base/clock'

const lookEveryMs = 2000

/** Calls `changed` after any of the files did. It may throw: then it is called again at the next look. */
export function watchFiles(
  clock: Clock,
  paths: readonly string[],
  changed: () => void,
  failed: (error: unknown) => void,
): Timer {
  let seen = fingerprint(paths)
  return every(clock, lookEveryMs, () => {
    try {
      const found = fingerprint(paths)
      if (found === seen) return
      changed()
      seen = found
    } catch (error) {
      failed(error)
    }
  })
}

function fingerprint(paths: readonly string[]): string {
  return paths
    .map((path) => {
      const stat = statSync(path, { throwIfNoEntry: false, bigint: true })
      return stat === undefined ? 'absent' : `${stat.ino}:${stat.size}:${stat.mtimeNs}`
    })
    .join('|')
}
