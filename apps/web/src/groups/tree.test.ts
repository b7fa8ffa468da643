import { expect, test } from 'vitest'
import { treeOf } from './tree.ts'

const group = (id: string, name: string, parent?: string) => ({
  id,
  name,
  createdAt: '',
  ...(parent === undefined ? {} : { parent }),
})

test('children stand below their parent, by name', () => {
  const tree = treeOf([group('3', 'EMEA', '1'), group('2', 'Beta'), group('1', 'Acme'), group('4', 'Americas', '1')])

  expect(tree.map(({ path, depth }) => [path, depth])).toEqual([
    ['Acme', 0],
    ['Acme / Americas', 1],
    ['Acme / EMEA', 1],
    ['Beta', 0],
  ])
})

test('a group whose parent one may not see stands at the top', () => {
  expect(treeOf([group('3', 'EMEA', 'hidden')])).toMatchObject([{ path: 'EMEA', depth: 0 }])
})
