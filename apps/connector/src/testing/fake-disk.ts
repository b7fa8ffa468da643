/**
 * A disk for the journal on which a test can pull the plug.
 *
 * What was synced survives; of the write that was under way a part survives, or
 * garbage of its length, or nothing.
 *
 * @module
 */
import type { JournalDisk } from '../journal-disk.ts'

export type CrashKind = 'before' | 'torn' | 'garbage' | 'after'

export class PowerCut extends Error {}

export class FakeDisk implements JournalDisk {
  content: Buffer | undefined
  writes = 0
  /** The next write ends so. */
  next: CrashKind | 'full' | 'readOnly' | 'unsynced' | undefined
  #isDead = false

  async read(): Promise<Buffer | undefined> {
    this.#requirePower()
    return this.content === undefined ? undefined : Buffer.from(this.content)
  }

  async append(at: number, added: Buffer): Promise<void> {
    this.#requirePower()
    this.writes++
    const before = this.content ?? Buffer.alloc(0)
    // In place, as on a real disk: what was beyond it stays.
    const put = (part: Buffer) => Buffer.concat([before.subarray(0, at), part, before.subarray(at + part.length)])
    this.#write(put(added), put(added.subarray(0, Math.floor(added.length / 2))), at)
  }

  async replace(content: Buffer): Promise<void> {
    this.#requirePower()
    this.writes++
    // A rename: the old content or the new one.
    this.#write(content, this.content, content.length)
  }

  async close(): Promise<void> {}

  /** The machine is on again. */
  restore(): void {
    this.#isDead = false
    this.next = undefined
  }

  #write(whole: Buffer, torn: Buffer | undefined, at: number): void {
    const ending = this.next
    if (ending === 'full' || ending === 'readOnly') {
      // Some of it may have got there before there was no more room.
      this.content = torn
      throw Object.assign(new Error('cannot write'), { code: ending === 'full' ? 'ENOSPC' : 'EROFS' })
    }
    if (ending === 'unsynced') {
      this.content = whole
      throw Object.assign(new Error('fsync failed'), { code: 'EIO' })
    }
    if (ending === undefined || ending === 'after') this.content = whole
    if (ending === 'torn') this.content = torn
    if (ending === 'garbage' && at < whole.length)
      this.content = Buffer.concat([whole.subarray(0, at), Buffer.alloc(whole.length - at, 0xa5)])
    if (ending === undefined) return
    this.#isDead = true
    throw new PowerCut(ending)
  }

  #requirePower(): void {
    if (this.#isDead) throw new PowerCut('no power')
  }
}
