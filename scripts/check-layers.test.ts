import { expect, test } from 'vitest'
import { checkLayers } from './check-layers.ts'
import { readSource, repositoryFiles } from './source-files.ts'

/** A repository of two files: the packages it takes, and one source file under test. */
function complaintsAbout(file: string, source: string): readonly string[] {
  const real = repositoryFiles().filter((name) => name.endsWith('package.json'))
  return checkLayers([...real, file], (name) => (name === file ? source : readSource(name)))
}

test('the relay may not import the envelope, and the reason is printed', () => {
  const complaints = complaintsAbout('apps/relay/src/main.ts', `import { openRequest } from '@sallygate/envelope'\n`)

  expect(complaints).toHaveLength(1)
  expect(complaints[0]).toContain('must not be able to open or sign anything')
})

test('a relative path out of the folder is the same import', () => {
  const complaints = complaintsAbout(
    'apps/relay/src/main.ts',
    `export { x } from '../../../packages/trust/src/index.ts'\n`,
  )

  expect(complaints).toHaveLength(1)
})

test('the console may import a contract and not the agent beside it', () => {
  const contract = complaintsAbout(
    'apps/console/src/a.ts',
    `import { c } from '@sallygate/service-directory/contract'\n`,
  )
  const agent = complaintsAbout('apps/console/src/a.ts', `import { a } from '@sallygate/service-directory/agent'\n`)

  expect(contract).toEqual([])
  expect(agent).toHaveLength(1)
})

test('a contract may not import its agent', () => {
  const complaints = complaintsAbout('services/directory/src/contract.ts', `import { start } from './agent/index.ts'\n`)

  expect(complaints).toHaveLength(1)
})

test('shipped code may not import the testkit, tests may', () => {
  const shipped = complaintsAbout('packages/hop/src/a.ts', `import { FakeClock } from '@sallygate/testkit'\n`)
  const tested = complaintsAbout('packages/hop/src/a.test.ts', `import { FakeClock } from '@sallygate/testkit'\n`)

  expect(shipped).toHaveLength(1)
  expect(tested).toEqual([])
})

test('a listening call in the connector is refused, in a comment it is not', () => {
  const call = complaintsAbout('apps/connector/src/a.ts', `server.listen(0)\n`)
  const comment = complaintsAbout('apps/connector/src/a.ts', `// never createServer here\n`)

  expect(call).toHaveLength(1)
  expect(comment).toEqual([])
})

test('a new folder without a layer is refused', () => {
  expect(complaintsAbout('apps/other/src/a.ts', '')).toHaveLength(1)
})

test('this repository keeps its layers', () => {
  expect(checkLayers(repositoryFiles(), readSource)).toEqual([])
})
