/**
 * Audit heads: where the console's audit log stood, kept here so that it cannot be cut or written anew unseen.
 *
 * The console has signed them, and `sallygate audit verify --head` compares them with the
 * log; here only their order counts. A console that hands out many, or one whose log was
 * cut, must not push the old ones out.
 *
 * @module
 */
import { existsSync } from 'node:fs'
import { fromBase64Url, toBase64Url, type Bytes } from '@sallygate/base/bytes'
import { readFile, writeFileAtomic } from '@sallygate/base/file'
import type { Log } from '@sallygate/base/log'
import { z } from 'zod'

const [hours, days] = [24, 36]
const [hourMs, dayMs] = [3_600_000, 86_400_000]

const fileSchema = z.strictObject({
  format: z.literal('sallygate-audit-heads/1'),
  /** Newest first. */
  heads: z.array(z.strictObject({ receivedAt: z.iso.datetime(), head: z.string().max(1000) })).max(hours + days + 2),
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

/**
 * The first of each of the last hours and days, the newest, and whichever stood furthest: a
 * log that was cut hands out heads that stand lower, and they must not take its place.
 */
function thinned(heads: readonly KeptHead[]): readonly KeptHead[] {
  const firstOf = (spanMs: number, most: number) => {
    const bySpan = new Map<number, KeptHead>()
    for (const one of heads) bySpan.set(Math.floor(Date.parse(one.receivedAt) / spanMs), one)
    return [...bySpan.values()].slice(0, most)
  }
  const furthest = heads.reduce((best, one) => (positionOf(one) >= positionOf(best) ? one : best), heads[0] as KeptHead)
  const kept = new Set([...firstOf(hourMs, hours), ...firstOf(dayMs, days), ...heads.slice(0, 1), furthest])
  return heads.filter((one) => kept.has(one))
}

/** After a byte for the version and sixteen for the console. */
const positionAt = 17

function positionOf({ head }: KeptHead): bigint {
  const bytes = fromBase64Url(head)
  return bytes.length < positionAt + 8 ? 0n : bytes.readBigUInt64BE(positionAt)
}
