/**
 * A lossy disk: a small file system that can lose what was only in memory, or turn read-only under open files.
 *
 * Ext4 on a loop device over a file. What a program has written stays in the kernel's memory until it asks for it to
 * be kept (fsync) or half a minute is over; only then is it in the file. So the file, copied, is what a power cut
 * would have left. Needs root and Linux.
 *
 * @module
 */
import { spawnSync } from 'node:child_process'
import { copyFileSync, existsSync, mkdirSync, rmSync, truncateSync, writeFileSync } from 'node:fs'
import { basename } from 'node:path'

export function missingForLossyDisk(): string | undefined {
  if (process.platform !== 'linux' || process.getuid?.() !== 0) return 'mounting a small disk needs root on Linux'
  return existsSync('/dev/loop-control') ? undefined : 'this kernel has no loop devices'
}

export class LossyDisk {
  readonly at: string
  #image: string
  #cuts = 0

  /** Makes the folder `at`, empty, on a disk of its own. */
  static make(at: string, mebibytes: number): LossyDisk {
    const image = `${at}.disk`
    writeFileSync(image, '', { mode: 0o600 })
    truncateSync(image, mebibytes * 1024 * 1024)
    run('mkfs.ext4', '-q', '-F', '-m', '0', '-E', 'lazy_itable_init=0,lazy_journal_init=0', image)
    mkdirSync(at, { recursive: true, mode: 0o700 })
    const disk = new LossyDisk(at, image)
    disk.#mount()
    return disk
  }

  private constructor(at: string, image: string) {
    this.at = at
    this.#image = image
  }

  /** The power is gone, and back: whoever wrote here must have been killed before. */
  cut(): void {
    const before = this.#image
    const left = `${this.at}.disk-${++this.#cuts}`
    copyFileSync(before, left)
    this.#unmount()
    rmSync(before)
    this.#image = left
    this.#mount()
  }

  /** The file system finds an error in itself and allows no write any more, to no open file either. */
  turnReadOnly(): void {
    const device = spawnSync('losetup', ['-j', this.#image], { encoding: 'utf8' }).stdout.split(':')[0] ?? ''
    // The write itself is refused with the error it causes.
    try {
      writeFileSync(`/sys/fs/ext4/${basename(device)}/trigger_fs_error`, 'a test asked for it')
    } catch {
      return
    }
  }

  /** Whoever has it open must have ended before. */
  repair(): void {
    this.#unmount()
    // 1: errors were corrected.
    const { status } = spawnSync('e2fsck', ['-f', '-y', this.#image])
    if (status !== 0 && status !== 1) throw new Error(`e2fsck ended with ${status}`)
    this.#mount()
  }

  remove(): void {
    spawnSync('umount', ['-l', this.at])
    rmSync(this.#image, { force: true })
  }

  #mount(): void {
    // The journal is committed when somebody asks for it, not every five seconds by itself.
    run('mount', '-o', 'loop,errors=remount-ro,commit=300', this.#image, this.at)
    rmSync(`${this.at}/lost+found`, { recursive: true, force: true })
  }

  #unmount(): void {
    run('umount', this.at)
  }
}

function run(command: string, ...args: readonly string[]): void {
  const { status, stderr } = spawnSync(command, args, { encoding: 'utf8' })
  if (status !== 0) throw new Error(`${command} ${args.join(' ')}: ${stderr}`)
}
