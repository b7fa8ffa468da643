import { globSync } from 'node:fs'
import { expect, test } from 'vitest'
import { loneSuites } from './lone-suites.ts'
import { slowSuites } from './slow-suites.ts'
import { root } from './source-files.ts'

test.each([...loneSuites, ...slowSuites])('$pattern names tests that there are', ({ pattern }) => {
  const files = globSync(pattern, { cwd: root, exclude: (name) => name === 'node_modules' })

  expect(files.filter((file) => file.endsWith('.test.ts'))).not.toEqual([])
})
