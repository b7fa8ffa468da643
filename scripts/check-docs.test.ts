import { definedFailures } from '@sallygate/base/failure'
import { beforeAll, describe, expect, test } from 'vitest'
import { brokenLinks, dependencyComplaints, loadDefinitions } from './check-docs.ts'
import { readSource, repositoryFiles } from './source-files.ts'

const page = '| package | version |\n| --- | --- |\n| ws | 8.23.0 | MIT |\n| a, b | 1.0.0, 2.0.0 | MIT |\n'
const manifest = (dependencies: Record<string, string>) => [JSON.stringify({ dependencies })]

describe('documents', () => {
  beforeAll(async () => {
    await loadDefinitions()
  })

  test('every failure says something and says what to do, in sentences', () => {
    for (const table of definedFailures()) {
      for (const [key, row] of Object.entries(table.rows)) {
        expect(row.says, `${table.prefix}_${key} says`).toMatch(/^[A-Z].*[.?]$/su)
        expect(row.fix, `${table.prefix}_${key} fix`).toMatch(/\S/u)
      }
    }
  })

  test('every failure is raised somewhere: a row that nothing names any more is gone', () => {
    const sources = repositoryFiles()
      .filter((file) => /\.tsx?$/.test(file))
      .map(readSource)
      .join('\n')
    const rows = definedFailures().flatMap((table) => Object.keys(table.rows))

    expect(rows.length).toBeGreaterThan(100)
    expect(rows.filter((key) => !sources.includes(`'${key}'`))).toEqual([])
  })

  test('a dependency without a row, with another version, or a row without a dependency is named', () => {
    expect(dependencyComplaints(manifest({ ws: '8.23.0', a: '1.0.0', b: '2.0.0' }), page)).toEqual([])
    expect(dependencyComplaints(manifest({ ws: '8.23.1', a: '1.0.0', b: '2.0.0' }), page)).toHaveLength(1)
    expect(dependencyComplaints(manifest({ ws: '8.23.0', a: '1.0.0', b: '2.0.0', c: '1.0.0' }), page)).toHaveLength(1)
    expect(dependencyComplaints(manifest({ ws: '8.23.0', a: '1.0.0' }), page)).toHaveLength(1)
  })

  test('every link in a document of this repository leads somewhere', () => {
    expect(repositoryFiles().filter((file) => file.endsWith('.md')).length).toBeGreaterThan(5)
    expect(brokenLinks(repositoryFiles())).toEqual([])
  })

  test('every dependency has its reason', () => {
    const manifests = repositoryFiles().filter((file) => file.endsWith('package.json'))

    expect(dependencyComplaints(manifests.map(readSource), readSource('docs/dependencies.md'))).toEqual([])
  })
})
