/**
 * Audit heads: where the console's audit log stood, kept here so that it cannot be cut or written anew unseen.
 *
 * To the connector they are bytes; the console has signed them, and `sallygate audit
 * verify --head` compares them with the log. Kept are the newest of each of the last
 * hours and days: a console that hands out many must not push the old ones out.
 *
 * @module
 */
import { existsSync } from 'node:fs'
import { toBase64Url, type Bytes } from '@sallygate/base/bytes'
import { readFile, writeFileAtomic } from '@sallygate/base/file'
import type { Log } from '@sallygate/base/log'
import { z } from 'zod'

const [hours, days] = [24, 36]
const [hourMs, dayMs] = [3_600_000, 86_400_000]

const fileSchema = z.strictObject({
  format: z.literal('sallygate-audit-heads/1'),
  /** Newest first. */
  heads: z.array(z.strictObject({ receivedAt: z.iso.datetime(), head: z.string().max(1000) })).max(hours + days),
})

type KeptHead = z.infer<typeof fileSchema>['heads'][number]

export class AuditHeads {
  readonly #path: string
  readonly #log: Log
  #heads: readonly KeptHead[]

  constructor(path: string, log: Log) {
    this.#path = path
    this.#log = log
    this.#heads = this.#read()
  }

  get heads(): readonly KeptHead[] {
    return this.#heads
  }

  /** What cannot be written is told and not waited for: requests go on without it. */
  keep(head: Bytes, now: Date): void {
    const written = toBase64Url(head)
    if (this.#heads[0]?.head === written) return
    this.#heads = thinned([{ receivedAt: now.toISOString(), head: written }, ...this.#heads])
    try {
      writeFileAtomic(this.#path, JSON.stringify({ format: 'sallygate-audit-heads/1', heads: this.#heads }))
    } catch (error) {
      this.#log.warn('audit head not kept', { error })
    }
  }

  #read(): readonly KeptHead[] {
    if (!existsSync(this.#path)) return []
    try {
      return fileSchema.parse(JSON.parse(readFile(this.#path).toString('utf8'))).heads
    } catch (error) {
      // Somebody edited it. What it could have shown is lost; a new one begins.
      this.#log.error('audit heads unreadable, beginning anew', { path: this.#path, error })
      return []
    }
  }
}

/** The newest of each hour for the last of them, and of each day before. */
function thinned(heads: readonly KeptHead[]): readonly KeptHead[] {
  const newestOf = (spanMs: number, most: number) => {
    const bySpan = new Map<number, KeptHead>()
    for (const one of heads) {
      const span = Math.floor(Date.parse(one.receivedAt) / spanMs)
      if (!bySpan.has(span) && bySpan.size < most) bySpan.set(span, one)
    }
    return bySpan.values()
  }
  const kept = new Set([...newestOf(hourMs, hours), ...newestOf(dayMs, days)])
  return heads.filter((one) => kept.has(one))
}
