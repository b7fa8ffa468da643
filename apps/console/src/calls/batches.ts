/**
 * Batches: for each signing key the one batch that all its requests of a turn go into.
 *
 * @module
 */
import { BatchSigner, type Signer } from '@sallygate/envelope'

export class Batches {
  /** A key that is gone takes its batch with it. */
  readonly #byKey = new WeakMap<Signer['privateKey'], BatchSigner>()

  of(signer: Signer): BatchSigner {
    const known = this.#byKey.get(signer.privateKey)
    if (known !== undefined) return known
    const batch = new BatchSigner(signer)
    this.#byKey.set(signer.privateKey, batch)
    return batch
  }
}
