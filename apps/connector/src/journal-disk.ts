/**
 * The journal's file: append and wait until it is on the disk, or replace as a whole.
 *
 * Kept apart so that tests can tear a write, fill the disk or pull the plug.
 *
 * @module
 */
import { open, type FileHandle } from 'node:fs/promises'
import { writeFileAtomic } from '@sallygate/base/file'

export interface JournalDisk {
  /** @returns `undefined` where there is no journal yet. */
  read(): Promise<Buffer | undefined>
  /** Writes at this place and returns when it is durable. */
  append(at: number, content: Buffer): Promise<void>
  /** The old content or the new one, never a mixture. */
  replace(content: Buffer): Promise<void>
  close(): Promise<void>
}

export function journalFile(path: string): JournalDisk {
  let handle: FileHandle | undefined
  const close = async () => {
    const held = handle
    handle = undefined
    await held?.close()
  }
  return {
    async read() {
      try {
        handle = await open(path, 'r+')
        return await handle.readFile()
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
        throw error
      }
    },
    async append(at, content) {
      handle ??= await open(path, 'r+')
      for (let written = 0; written < content.length;) {
        const { bytesWritten } = await handle.write(content, written, content.length - written, at + written)
        written += bytesWritten
      }
      await handle.datasync()
    },
    async replace(content) {
      // The handle would go on writing into the file that was replaced.
      await close()
      writeFileAtomic(path, content)
    },
    close,
  }
}
