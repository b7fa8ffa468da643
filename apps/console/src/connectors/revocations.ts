/**
 * Revocations, in a file beside the database: they outlive a backup that is restored.
 *
 * A backup from yesterday does not know who was revoked today. The file is in the home
 * of the console and in no backup, so at the next start they are revoked again.
 *
 * @module
 */
import { existsSync } from 'node:fs'
import { readFile, writeFileAtomic } from '@sallygate/base/file'
import type { Log } from '@sallygate/base/log'
import type { Store } from '@sallygate/store'
import { z } from 'zod'

const fileSchema = z.strictObject({
  format: z.literal('sallygate-revocations/1'),
  instances: z.array(z.string().regex(/^[0-9a-f]{32}$/)),
})

export class Revocations {
  readonly #path: string
  readonly #log: Log
  readonly #instances: Set<string>

  /** A file that cannot be read is told of and written anew: the database still has all it ever had. */
  constructor(path: string, log: Log) {
    this.#path = path
    this.#log = log
    this.#instances = new Set(this.#read())
  }

  /** Never fails: the revocation itself is in the database. */
  add(instance: string): void {
    if (this.#instances.has(instance)) return
    this.#instances.add(instance)
    try {
      const file: z.infer<typeof fileSchema> = { format: 'sallygate-revocations/1', instances: [...this.#instances] }
      writeFileAtomic(this.#path, `${JSON.stringify(file)}\n`)
    } catch (error) {
      this.#log.warn('revocation is in the database only: a restored backup would not know of it', { instance, error })
    }
  }

  /** Before anybody is let in. @returns who had come back, by id. */
  async enforce(store: Pick<Store, 'instances'>): Promise<readonly string[]> {
    const back = (await store.instances.list({ status: 'active' })).filter(({ id }) => this.#instances.has(id))
    for (const { id, name } of back) {
      await store.instances.revoke(id)
      this.#log.warn('connector revoked again: the database is older than its revocation', { instance: id, name })
    }
    return back.map(({ id }) => id)
  }

  #read(): readonly string[] {
    if (!existsSync(this.#path)) return []
    try {
      return fileSchema.parse(JSON.parse(readFile(this.#path).toString('utf8'))).instances
    } catch (error) {
      this.#log.error('revocations cannot be read; if a backup was restored, revoke again who was revoked since', {
        error,
      })
      return []
    }
  }
}
