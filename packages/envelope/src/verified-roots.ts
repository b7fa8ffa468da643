/**
 * Signatures over batches that were found good: the next message of a batch costs
 * its path and no signature.
 *
 * A memory of arithmetic only: the same key, root and signature give the same answer
 * for ever. Whether the key may sign here and now is asked anew for every message.
 *
 * @module
 */
import type { KeyObject } from 'node:crypto'
import { concat, toHex, type Bytes } from '@sallygate/base/bytes'
import { verifyStatement } from '@sallygate/trust'

/** Of one key. A batch that is forgotten is verified once more. */
const mostRoots = 64

const good = new WeakMap<KeyObject, Set<string>>()

export function isBatchSignedBy(key: KeyObject, root: Bytes, signature: Bytes): boolean {
  const name = toHex(concat(root, signature))
  const roots = good.get(key) ?? new Set<string>()
  if (roots.has(name)) return true
  if (!verifyStatement('batch', key, signature, root)) return false
  roots.add(name)
  if (roots.size > mostRoots) roots.delete(roots.values().next().value ?? '')
  good.set(key, roots)
  return true
}
