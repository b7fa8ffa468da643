/**
 * The batch signer: the messages of one turn of the event loop share a signature.
 *
 * A message that is alone in its turn is signed by itself and carries no path, so
 * whoever sends one at a time pays and waits for nothing more.
 *
 * @module
 */
import type { Bytes } from '@sallygate/base/bytes'
import { signStatement } from '@sallygate/trust'
import { leafOf, makeBlind, treeOf } from './batch-tree.ts'
import { MAX_BATCH } from './limits.ts'
import { signAlone, type Seal, type Signer } from './signed-body.ts'

interface Waiting {
  readonly what: string
  readonly header: Bytes
  readonly signed: Bytes
  readonly privateKey: Signer['privateKey']
  readonly resolve: (seal: Seal) => void
  readonly reject: (error: unknown) => void
}

export interface BatchSignerOptions {
  /** When a turn is over. Default: `setImmediate`. */
  readonly later?: (action: () => void) => void
}

export class BatchSigner implements Signer {
  readonly #signer: Signer
  readonly #later: (action: () => void) => void
  #waiting: Waiting[] = []

  constructor(signer: Signer, options: BatchSignerOptions = {}) {
    this.#signer = signer
    this.#later = options.later ?? ((action) => void setImmediate(action))
  }

  get keyId(): Signer['keyId'] {
    return this.#signer.keyId
  }

  get privateKey(): Signer['privateKey'] {
    return this.#signer.privateKey
  }

  /** What goes behind the signed bytes, at the end of this turn. */
  seal(what: string, header: Bytes, signed: Bytes): Promise<Seal> {
    return new Promise((resolve, reject) => {
      // The key of now: the signed bytes name it, and it may be replaced before this turn is over.
      this.#waiting.push({ what, header, signed, privateKey: this.privateKey, resolve, reject })
      if (this.#waiting.length >= MAX_BATCH) this.#sign()
      else if (this.#waiting.length === 1) this.#later(() => this.#sign())
    })
  }

  #sign(): void {
    const waiting = this.#waiting
    this.#waiting = []
    for (const batch of Map.groupBy(waiting, ({ privateKey }) => privateKey).values()) signBatch(batch)
  }
}

function signBatch(batch: readonly Waiting[]): void {
  try {
    const seals = sealsOf(batch)
    for (const [at, { resolve }] of batch.entries()) resolve(seals[at] as Seal)
  } catch (error) {
    for (const { reject } of batch) reject(error)
  }
}

function sealsOf(batch: readonly Waiting[]): readonly Seal[] {
  const [only, ...more] = batch
  if (only === undefined) return []
  if (more.length === 0) return [signAlone(only.what, only.header, only.signed, only.privateKey)]
  const blinds = batch.map(() => makeBlind())
  const leaves = batch.map(({ what, header, signed }, at) => leafOf(blinds[at] as Buffer, what, header, signed))
  const { root, paths } = treeOf(leaves)
  const signature = signStatement('batch', only.privateKey, root)
  return batch.map((_, at) => ({ path: [blinds[at] as Buffer, ...(paths[at] ?? [])], signature }))
}
