/**
 * What the journal knows: which keys were begun and how they ended, which generation each object has.
 *
 * Built again from records at every start. Keys are forgotten after a while, last
 * generations never.
 *
 * @module
 */
import { toHex } from '@sallygate/base/bytes'
import type { JournalRecord } from './journal-frame.ts'

export interface KnownKey {
  readonly parameterDigest: Uint8Array
  /** `lost`: begun by an earlier process that did not live to say how it ended. */
  readonly state: 'running' | 'lost' | 'done' | 'failed'
  readonly result: Uint8Array
  /** On the monotonic clock of this process; what was read from the disk counts from the start. */
  readonly atMs: number
}

export interface Generations {
  /** Begun: a lower one is stale, this one may be applied again. */
  readonly floor: number
  readonly applied: number
}

const noKey = Buffer.alloc(16)
const noDigest = Buffer.alloc(32)
const noResult = Buffer.alloc(0)
const blank = {
  key: noKey,
  parameterDigest: noDigest,
  outcome: 'none',
  result: noResult,
  object: '',
  generation: 0,
} as const

export const records = {
  intent: (key: Uint8Array, parameterDigest: Uint8Array): JournalRecord => ({
    ...blank,
    kind: 'intent',
    key,
    parameterDigest,
  }),
  done: (
    key: Uint8Array,
    parameterDigest: Uint8Array,
    outcome: 'done' | 'failed',
    result: Uint8Array,
  ): JournalRecord => ({
    ...blank,
    kind: 'done',
    key,
    parameterDigest,
    outcome,
    result,
  }),
  begun: (object: string, generation: number): JournalRecord => ({ ...blank, kind: 'begun', object, generation }),
  applied: (object: string, generation: number): JournalRecord => ({ ...blank, kind: 'applied', object, generation }),
}

export class JournalState {
  readonly keys = new Map<string, KnownKey>()
  readonly objects = new Map<string, Generations>()

  /** `isOld`: read from the disk, so nobody is running what it says is running. */
  apply(record: JournalRecord, atMs: number, isOld: boolean): void {
    const { parameterDigest, result } = record
    const key = toHex(record.key)
    if (record.kind === 'intent') {
      this.keys.set(key, { parameterDigest, state: isOld ? 'lost' : 'running', result, atMs })
    } else if (record.kind === 'done') {
      this.keys.set(key, { parameterDigest, state: record.outcome === 'failed' ? 'failed' : 'done', result, atMs })
    } else {
      const { floor, applied } = this.objects.get(record.object) ?? { floor: 0, applied: 0 }
      const { generation } = record
      const nowApplied = record.kind === 'applied' ? Math.max(applied, generation) : applied
      this.objects.set(record.object, { floor: Math.max(floor, generation), applied: nowApplied })
    }
  }

  forgetBefore(atMs: number): void {
    for (const [key, known] of this.keys) {
      // Insertion order is age order, except for what is still running; that is never forgotten.
      if (known.atMs < atMs && known.state !== 'running') this.keys.delete(key)
    }
  }

  /** The records that make this state again. */
  snapshot(): JournalRecord[] {
    const keys = [...this.keys].map(([hex, known]) => {
      const key = Buffer.from(hex, 'hex')
      if (known.state === 'running' || known.state === 'lost') return records.intent(key, known.parameterDigest)
      return records.done(key, known.parameterDigest, known.state, known.result)
    })
    const objects = [...this.objects].flatMap(([object, { floor, applied }]) => [
      records.applied(object, applied),
      records.begun(object, floor),
    ])
    return [...keys, ...objects]
  }
}
