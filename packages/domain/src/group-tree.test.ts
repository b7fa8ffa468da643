import fc from 'fast-check'
import { expect, test } from 'vitest'
import { deepestLevel, GroupTree, type TreeNode } from './group-tree.ts'

/** Every group hangs below an earlier one or at the top; the rows then come in any order. */
const anyRows = fc
  .array(fc.option(fc.nat(), { nil: undefined, freq: 5 }), { minLength: 1, maxLength: 25 })
  .map((parents) =>
    parents.map((parent, index): TreeNode => ({
      id: `g${index}`,
      parent: parent === undefined || index === 0 ? undefined : `g${parent % index}`,
    })),
  )
const anyTree = anyRows.chain((rows) => fc.shuffledSubarray(rows, { minLength: rows.length }))

/** The definition, by looking through all rows again and again. */
function isAbove(rows: readonly TreeNode[], above: string, id: string): boolean {
  const parent = rows.find((row) => row.id === id)?.parent
  return parent !== undefined && (parent === above || isAbove(rows, above, parent))
}

test('ancestors and subtree are what the definition says', () => {
  fc.assert(
    fc.property(anyTree, (rows) => {
      const tree = new GroupTree(rows)
      for (const { id } of rows) {
        const above = rows.filter((row) => isAbove(rows, row.id, id)).map((row) => row.id)
        const below = rows.filter((row) => isAbove(rows, id, row.id)).map((row) => row.id)
        expect(
          tree
            .ancestors(id)
            .map((node) => node.id)
            .toSorted(),
        ).toEqual(above.toSorted())
        expect(
          tree
            .subtree(id)
            .map((node) => node.id)
            .toSorted(),
        ).toEqual([id, ...below].toSorted())
        expect(tree.level(id)).toBe(above.length + 1)
      }
    }),
  )
})

test('a move is allowed exactly when it leaves a tree that is not too deep', () => {
  fc.assert(
    fc.property(anyTree, fc.nat(), fc.option(fc.nat(), { nil: undefined }), (rows, from, onto) => {
      const id = rows[from % rows.length]?.id ?? ''
      const to = onto === undefined ? undefined : rows[onto % rows.length]?.id
      const tree = new GroupTree(rows)
      const makesCycle = to !== undefined && (to === id || isAbove(rows, id, to))
      const levels = () => rows.map((row) => tree.moved(id, to).level(row.id))
      const wasTooDeep = rows.some((row) => tree.level(row.id) > deepestLevel)
      fc.pre(!wasTooDeep)
      const isAllowed = !makesCycle && Math.max(...levels()) <= deepestLevel

      if (isAllowed) expect(() => tree.checkMove(id, to)).not.toThrow()
      else {
        const code = makesCycle ? 'GROUP_CYCLE' : 'GROUP_TOO_DEEP'
        expect(() => tree.checkMove(id, to)).toThrow(expect.objectContaining({ code }))
      }
    }),
  )
})

test('the thirteenth level is refused, by adding and by moving', () => {
  const chain = Array.from({ length: deepestLevel }, (_, index) => ({
    id: `g${index}`,
    parent: index === 0 ? undefined : `g${index - 1}`,
  }))
  const tree = new GroupTree<TreeNode>([...chain, { id: 'other', parent: undefined }])

  const code = expect.objectContaining({ code: 'GROUP_TOO_DEEP' })
  expect(() => tree.checkAdd('g11')).toThrow(code)
  expect(() => tree.checkAdd('g10')).not.toThrow()
  expect(() => tree.checkMove('other', 'g11')).toThrow(code)
  expect(() => tree.checkMove('g0', 'other')).toThrow(code)
})

test('rows that hang together in a circle are a bug that is said, not a loop', () => {
  const tree = new GroupTree<TreeNode>([
    { id: 'a', parent: 'b' },
    { id: 'b', parent: 'a' },
  ])

  expect(() => tree.path('a')).toThrow('cycle')
})
