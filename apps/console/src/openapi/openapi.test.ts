import { expect, test } from 'vitest'
import type { Assembly } from '../assembly.ts'
import { allRoutes } from '../routes.ts'
import { jsonSchemaOf, openApiDocument, type Operation } from './document.ts'
import { examples } from './examples.ts'
import { referencePage } from './reference-page.ts'
import { referenceStyle } from './reference-style.ts'

const routes = allRoutes({} as Assembly)
const document = JSON.parse(JSON.stringify(openApiDocument(routes))) as ReturnType<typeof openApiDocument>
const operations = Object.entries(document.paths).flatMap(([path, methods]) =>
  Object.entries(methods).map(([method, operation]) => ({ name: `${method} ${path}`, path, operation })),
)

test('every row of the route table is in it, and nothing else', () => {
  const rows = routes.map(({ method, path }) => `${method.toLowerCase()} ${path.replaceAll(/:(\w+)/g, '{$1}')}`)

  expect(operations.map(({ name }) => name).toSorted()).toEqual(rows.toSorted())
})

test('it has the members that OpenAPI 3.1 demands, and only members it knows', () => {
  const known = ['openapi', 'info', 'jsonSchemaDialect', 'servers', 'tags', 'paths', 'components']

  expect(document.openapi).toMatch(/^3\.1\.\d+$/)
  expect(Object.keys(document).toSorted()).toEqual(known.toSorted())
  expect(document.info).toMatchObject({ title: expect.any(String), version: expect.any(String) })
  for (const { operation } of operations) {
    const allowed = ['operationId', 'tags', 'summary', 'security', 'parameters', 'requestBody', 'responses']
    expect(Object.keys(operation).filter((key) => !allowed.includes(key) && !key.startsWith('x-'))).toEqual([])
  }
})

test('operation ids are unique and usable as names in a program', () => {
  const ids = operations.map(({ operation }) => operation.operationId)

  expect(new Set(ids).size).toBe(ids.length)
  expect(ids.filter((id) => !/^[a-z][A-Za-z]+$/.test(id))).toEqual([])
})

test.each(operations)('$name: parameters, body and answers have the form of the standard', ({ path, operation }) => {
  const inPath = [...path.matchAll(/\{(\w+)\}/g)].map((match) => match[1] ?? '')
  const declared = operation.parameters.filter((parameter) => parameter.in === 'path')

  expect(declared.map(({ name }) => name).toSorted()).toEqual(inPath.toSorted())
  expect(declared.every(({ required }) => required)).toBe(true)
  expect(new Set(operation.parameters.map((one) => `${one.in} ${one.name}`)).size).toBe(operation.parameters.length)
  expect(Object.keys(operation.responses).filter((status) => !/^(?:[1-5]\d\d|default)$/.test(status))).toEqual([])
  expect(Object.keys(operation.responses).some((status) => status.startsWith('2'))).toBe(true)
  for (const answer of Object.values(operation.responses)) {
    const { $ref, description } = answer as { $ref?: string; description?: string }
    expect($ref ?? description).toEqual(expect.any(String))
  }
  for (const requirement of operation.security) {
    for (const scheme of Object.keys(requirement))
      expect(Object.keys(document.components.securitySchemes)).toContain(scheme)
  }
})

test('every reference leads somewhere', () => {
  const references: string[] = []
  const walk = (value: unknown): void => {
    if (typeof value !== 'object' || value === null) return
    for (const [key, inner] of Object.entries(value)) {
      if (key === '$ref' && typeof inner === 'string') references.push(inner)
      else walk(inner)
    }
  }
  walk(document)

  expect(references.length).toBeGreaterThan(0)
  expect(references.filter((reference) => !resolves(reference))).toEqual([])
})

function resolves(reference: string): boolean {
  let at: unknown = document
  for (const part of reference.replace(/^#\//, '').split('/')) {
    at = (at as Record<string, unknown> | undefined)?.[part.replaceAll('~1', '/').replaceAll('~0', '~')]
  }
  return reference.startsWith('#/') && at !== undefined
}

test('every row that answers a list takes limit and cursor and says where the next page begins', () => {
  const lists = routes.filter(
    ({ method, result, produces }) => method === 'GET' && produces === 'json' && isList(result),
  )
  const unpaged = lists.filter(({ query, result }) => {
    const { properties = {} } = jsonSchemaOf(query, 'input')
    return !(
      'limit' in properties &&
      'cursor' in properties &&
      'nextCursor' in (jsonSchemaOf(result, 'output').properties ?? {})
    )
  })

  expect(lists.length).toBeGreaterThan(5)
  expect(unpaged.map(({ path }) => path).filter((path) => !closedLists.has(path))).toEqual([])
})

/** A list that the program itself is, and some that never have more than twenty. */
const closedLists = new Set([
  '/api/events/catalogue',
  '/api/devices/catalogue',
  '/api/directory/types',
  '/api/session/all',
  '/api/groups/:group/directory/status',
])

/** An object whose first member is a list of objects is a list and nothing else. */
function isList(result: (typeof routes)[number]['result']): boolean {
  const [first] = Object.values(jsonSchemaOf(result, 'output').properties ?? {})
  return first?.type === 'array' && (first['items'] as { type?: string } | undefined)?.type === 'object'
}

test('what needs no proof says so, and what needs it never does', () => {
  const open = operations.filter(({ operation }) => operation.security.length === 0)

  expect(open.map(({ operation }) => operation['x-sallygate-policy'])).toEqual(open.map(() => 'public'))
  expect(operations.filter(isUnmarked).map(({ name }) => name)).toEqual([])
})

function isUnmarked({ operation }: { readonly operation: Operation }): boolean {
  return operation['x-sallygate-policy'] !== 'public' && operation.security.length === 0
}

test.each(Object.entries(examples))('the example of %s is taken by its row', (name, example) => {
  const row = routes.find(({ method, path }) => `${method} ${path}` === name)

  expect(row?.body?.safeParse(example).error?.issues).toBeUndefined()
  expect(row).toBeDefined()
})

test('the page shows every operation, runs no script and loads nothing from elsewhere', () => {
  const page = referencePage(document)

  for (const { operation } of operations) expect(page).toContain(`id="${operation.operationId}"`)
  expect(/<script|\son\w+=|style="|(?:src|href)="(?!\/api\/|#)/.exec(page)?.[0]).toBeUndefined()
  expect(referenceStyle).not.toMatch(/url\(|@import/)
})

test('nothing in the document can end the markup it stands in', () => {
  const [first] = routes
  if (first === undefined) throw new Error('there are routes')
  const page = referencePage(openApiDocument([{ ...first, says: '<img src=x onerror=alert(1)> "quoted"' }]))

  expect(page).not.toContain('<img')
  expect(page).toContain('&lt;img')
})
