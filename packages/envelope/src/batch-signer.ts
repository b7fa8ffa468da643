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
  readonly resolve: (seal: Seal) => void
  readonly reject: (error: unknown) => void
}

export interface BatchSignerOptions {
  /** When a turn is over. Default: `setImmediate`. */
  readonly later?: (action: () => void) => void
}

export class BatchSigner implements Signer {
  readonly keyId: Signer['keyId']
  readonly privateKey: Signer['privateKey']
  readonly #later: (action: () => void) => void
  #waiting: Waiting[] = []

  constructor(signer: Signer, options: BatchSignerOptions = {}) {
    this.keyId = signer.keyId
    this.privateKey = signer.privateKey
    this.#later = options.later ?? ((action) => void setImmediate(action))
  }

  /** What goes behind the signed bytes, at the end of this turn. */
  seal(what: string, header: Bytes, signed: Bytes): Promise<Seal> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ what, header, signed, resolve, reject })
      if (this.#waiting.length >= MAX_BATCH) this.#sign()
      else if (this.#waiting.length === 1) this.#later(() => this.#sign())
    })
  }

  #sign(): void {
    const batch = this.#waiting
    this.#waiting = []
    try {
      const seals = this.#seals(batch)
      for (const [at, { resolve }] of batch.entries()) resolve(seals[at] as Seal)
    } catch (error) {
      for (const { reject } of batch) reject(error)
    }
  }

  #seals(batch: readonly Waiting[]): readonly Seal[] {
    const [only, ...more] = batch
    if (only === undefined) return []
    if (more.length === 0) return [signAlone(only.what, only.header, only.signed, this.privateKey)]
    const blinds = batch.map(() => makeBlind())
    const leaves = batch.map(({ what, header, signed }, at) => leafOf(blinds[at] as Buffer, what, header, signed))
    const { root, paths } = treeOf(leaves)
    const signature = signStatement('batch', this.privateKey, root)
    return batch.map((_, at) => ({ path: [blinds[at] as Buffer, ...(paths[at] ?? [])], signature }))
  }
}
