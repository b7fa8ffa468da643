/**
 * The tree of organization groups: who is above whom, and what may not become of it.
 *
 * Built from rows in any order. It is a picture of one moment and never changes.
 *
 * @module
 */
import { groupFailure } from './failures.ts'

export interface TreeNode {
  readonly id: string
  readonly parent: string | undefined
}

/** A group without a parent is on level 1. */
export const deepestLevel = 12

export class GroupTree<N extends TreeNode = TreeNode> {
  readonly #nodes: ReadonlyMap<string, N>
  readonly #children = new Map<string | undefined, N[]>()

  constructor(nodes: Iterable<N>) {
    this.#nodes = new Map(Array.from(nodes, (node) => [node.id, node]))
    for (const node of this.#nodes.values()) {
      const siblings = this.#children.get(node.parent)
      if (siblings === undefined) this.#children.set(node.parent, [node])
      else siblings.push(node)
    }
  }

  get size(): number {
    return this.#nodes.size
  }

  find(id: string): N | undefined {
    return this.#nodes.get(id)
  }

  /** Of `undefined`: the groups at the top. */
  children(id: string | undefined): readonly N[] {
    return this.#children.get(id) ?? []
  }

  /** From the top down to the group itself. Empty for a group that is not there. */
  path(id: string): readonly N[] {
    const path: N[] = []
    for (let node = this.#nodes.get(id); node !== undefined; node = this.#parentOf(node)) {
      path.push(node)
      if (path.length > this.#nodes.size) throw new Error('the group tree has a cycle')
    }
    return path.toReversed()
  }

  /** Nearest first, without the group itself. */
  ancestors(id: string): readonly N[] {
    return this.path(id).slice(0, -1).toReversed()
  }

  /** The group and everything below it, parents before their children. */
  subtree(id: string): readonly N[] {
    const top = this.#nodes.get(id)
    if (top === undefined) return []
    return [top, ...this.children(id).flatMap((child) => this.subtree(child.id))]
  }

  level(id: string): number {
    return this.path(id).length
  }

  /** 1 for a group without children. */
  height(id: string): number {
    return 1 + Math.max(0, ...this.children(id).map((child) => this.height(child.id)))
  }

  isWithin(id: string, top: string): boolean {
    return this.path(id).some((node) => node.id === top)
  }

  /** @throws GROUP_TOO_DEEP. */
  checkAdd(parent: string | undefined): void {
    if (parent !== undefined && this.level(parent) >= deepestLevel) throw tooDeep(this.level(parent) + 1)
  }

  /** @throws GROUP_CYCLE, GROUP_TOO_DEEP. */
  checkMove(id: string, to: string | undefined): void {
    if (to === undefined) return
    if (this.isWithin(to, id)) throw groupFailure('CYCLE')
    const level = this.level(to) + this.height(id)
    if (level > deepestLevel) throw tooDeep(level)
  }

  /** The tree as it would be. The move has been checked. */
  moved(id: string, to: string | undefined): GroupTree<N> {
    return new GroupTree(Array.from(this.#nodes.values(), (node) => (node.id === id ? { ...node, parent: to } : node)))
  }

  #parentOf(node: N): N | undefined {
    return node.parent === undefined ? undefined : this.#nodes.get(node.parent)
  }
}

function tooDeep(level: number) {
  return groupFailure('TOO_DEEP', { details: { level, deepest: deepestLevel } })
}
