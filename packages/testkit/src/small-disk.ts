/**
 * A file system of a few megabytes that is really full when it is filled.
 *
 * @module
 */
import { execFileSync } from 'node:child_process'
import { mkdtempSync, openSync, closeSync, rmSync, writeSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

export function missingForSmallDisk(): string | undefined {
  if (process.platform !== 'linux' || process.getuid?.() !== 0) return 'mounting a small disk needs root on Linux'
  const probe = mkdtempSync(join(tmpdir(), 'sallygate-mount-probe-'))
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=1m', 'tmpfs', probe], { stdio: 'ignore' })
    execFileSync('umount', [probe])
    return undefined
  } catch {
    return 'mounting is not allowed here'
  } finally {
    rmSync(probe, { recursive: true })
  }
}

export class SmallDisk {
  readonly at: string

  constructor(at: string, mebibytes: number) {
    execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${mebibytes}m,mode=700`, 'tmpfs', at])
    this.at = at
  }

  get #ballast(): string {
    return join(this.at, 'ballast')
  }

  /** To the last byte; whoever frees some meanwhile makes it worth calling again. */
  fill(): void {
    const file = openSync(this.#ballast, 'a')
    try {
      for (let bytes = 1 << 20; bytes >= 1;) {
        try {
          if (writeSync(file, Buffer.alloc(bytes, 1)) < bytes) bytes = bytes >> 1
        } catch {
          bytes = bytes >> 1
        }
      }
    } finally {
      closeSync(file)
    }
  }

  makeRoom(): void {
    rmSync(this.#ballast, { force: true })
  }

  remove(): void {
    execFileSync('umount', ['-l', this.at])
  }
}
