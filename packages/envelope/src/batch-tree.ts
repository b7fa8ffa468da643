/**
 * The tree over the messages of a batch: one signature over its root stands for all,
 * and each message carries what proves that it is among them.
 *
 * A leaf is blinded, because a path shows the hashes of its neighbors to somebody
 * who has no business with them. Leaves and nodes are hashed under different first
 * bytes; the two sides of a node are ordered by value, so a path needs no directions.
 *
 * @module
 */
import { encodeUtf8, randomBytes, sha256, type Bytes } from '@sallygate/base/bytes'

export const BLIND_LENGTH = 32

const leafMark = Uint8Array.of(0)
const nodeMark = Uint8Array.of(1)

/** `what` is the word of the message's label: a reply is never a leaf that a request could be. */
export function leafOf(blind: Bytes, what: string, header: Bytes, signed: Bytes): Buffer {
  return sha256(leafMark, blind, encodeUtf8(`sallygate ${what} v1\0`), sha256(header), signed)
}

export function makeBlind(): Buffer {
  return randomBytes(BLIND_LENGTH)
}

/** The root that a leaf and the other sides on its way up lead to. */
export function rootOf(leaf: Bytes, others: readonly Bytes[]): Buffer {
  return others.reduce<Buffer>((node, other) => nodeOf(node, other), Buffer.from(leaf))
}

/** The root of these leaves, and for each of them the other sides on its way up. A node without another side goes up as it is. */
export function treeOf(leaves: readonly Bytes[]): { readonly root: Buffer; readonly paths: readonly Buffer[][] } {
  const paths: Buffer[][] = leaves.map(() => [])
  let level: { readonly node: Buffer; readonly below: readonly number[] }[] = leaves.map((leaf, at) => ({
    node: Buffer.from(leaf),
    below: [at],
  }))
  while (level.length > 1) {
    const next: typeof level = []
    for (let at = 0; at < level.length; at += 2) {
      const [left, right] = [level[at], level[at + 1]]
      if (left === undefined) break
      if (right === undefined) {
        next.push(left)
        continue
      }
      for (const leaf of left.below) paths[leaf]?.push(right.node)
      for (const leaf of right.below) paths[leaf]?.push(left.node)
      next.push({ node: nodeOf(left.node, right.node), below: [...left.below, ...right.below] })
    }
    level = next
  }
  const [top] = level
  if (top === undefined) throw new RangeError('a tree has leaves')
  return { root: top.node, paths }
}

function nodeOf(a: Bytes, b: Bytes): Buffer {
  const [low, high] = Buffer.compare(a, b) <= 0 ? [a, b] : [b, a]
  return sha256(nodeMark, low, high)
}
