/**
 * What the pages take an answer for, held against what the console says of it.
 *
 * Every call of the API in the sources of the pages is found and followed, so that no page is left out.
 */
import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import type { Assembly } from '../../apps/console/src/assembly.ts'
import { openApiDocument, type JsonSchema } from '../../apps/console/src/openapi/document.ts'
import { allRoutes } from '../../apps/console/src/routes.ts'
import { misfits } from './shape-check.ts'
import { readDeclarations, readType } from './type-text.ts'

const folder = join(import.meta.dirname, '../../apps/web/src')
const sources = globSync('**/*.{ts,tsx}', { cwd: folder })
  .filter((file) => !file.includes('.test.'))
  .map((file) => [file, readFileSync(join(folder, file), 'utf8')] as const)
const known = new Map(sources.flatMap(([, text]) => [...readDeclarations(text)]))
// Rows are only read here; their handlers, which need the parts, never run.
const { paths } = openApiDocument(allRoutes({} as Assembly))

const call = /ask<((?:[^<>]|<(?:[^<>]|<[^<>]*>)*>)+)>\(\s*'([A-Z]+)',\s*(?:withQuery\(\s*)?path`([^`]+)`/g
const calls = sources.flatMap(([file, text]) =>
  [...text.matchAll(call)].map(([, type = '', method = '', path = '']) => ({ file, type, method, path })),
)

/** `/api/groups/${group}` is `/api/groups/{group}`, and `/services/directory` is `/services/{service}`. */
function answerTo(method: string, path: string): JsonSchema | undefined {
  const asked = path.split('/').map((part) => (part.startsWith('${') ? '{}' : part))
  const fits = (row: string) => {
    const parts = row.split('/')
    return parts.length === asked.length && parts.every((part, at) => part.startsWith('{') || part === asked[at])
  }
  // A row that names a word stands before one that takes any.
  const row = Object.keys(paths)
    .filter(fits)
    .toSorted((a, b) => a.split('{').length - b.split('{').length)
    .find((one) => paths[one]?.[method.toLowerCase()] !== undefined)
  const responses = row === undefined ? undefined : paths[row]?.[method.toLowerCase()]?.responses
  const answer = (responses?.['200'] ?? responses?.['201']) as
    | { readonly content: Readonly<Record<string, { readonly schema: JsonSchema }>> }
    | undefined
  return answer?.content['application/json']?.schema
}

test('every call of the pages is answered with what they take it for', () => {
  const wrong = calls.flatMap(({ file, type, method, path }) => {
    const schema = answerTo(method, path)
    if (schema === undefined) return [`${file}: ${method} ${path} has no answer`]
    return misfits(schema, readType(type), known, `${method} ${path}`).map((one) => `${file}: ${one}`)
  })

  expect(calls.length).toBeGreaterThan(60)
  expect([...new Set(wrong)]).toEqual([])
})

test('a field that is missing, of another kind, or with a word nobody foresaw is found', () => {
  const schema = {
    type: 'object',
    properties: {
      name: { type: 'string' },
      state: { type: 'string', enum: ['on', 'odd'] },
      count: { type: 'integer' },
    },
    required: ['name', 'count'],
  }

  expect(misfits(schema, readType("{ name: string; state?: 'on'; count: string; extra: number }"), known, 'x')).toEqual(
    ['x.state: odd is not foreseen', 'x.count: integer, not string', 'x.extra: is not there'],
  )
  expect(misfits(schema, readType('{ name: string; state: string }'), known, 'x')).toEqual(['x.state: may be missing'])
})
