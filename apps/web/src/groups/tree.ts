/**
 * The tree of organization groups, as lists a screen can show.
 *
 * @module
 */
import type { Group } from '../api/shapes.ts'

export interface Placed {
  readonly group: Group
  readonly depth: number
  /** `Acme / EMEA`. */
  readonly path: string
}

/** Parents before children, names in order. A group whose parent is not visible stands at the top. */
export function treeOf(groups: readonly Group[]): readonly Placed[] {
  const known = new Set(groups.map(({ id }) => id))
  const childrenOf = (parent: string | undefined) =>
    groups
      .filter((group) => (group.parent !== undefined && known.has(group.parent) ? group.parent : undefined) === parent)
      .toSorted((a, b) => a.name.localeCompare(b.name))
  const walk = (parent: Placed | undefined): readonly Placed[] =>
    childrenOf(parent?.group.id).flatMap((group) => {
      const placed: Placed = {
        group,
        depth: parent === undefined ? 0 : parent.depth + 1,
        path: parent === undefined ? group.name : `${parent.path} / ${group.name}`,
      }
      return [placed, ...walk(placed)]
    })
  return walk(undefined)
}
