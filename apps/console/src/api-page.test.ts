import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { apiPage } from './api-page.ts'
import { contracts, type Assembly } from './assembly.ts'
import { allRoutes } from './routes.ts'

const routes = allRoutes({} as Assembly)

test('docs/api.md says what the route table says', () => {
  const page = readFileSync(join(import.meta.dirname, '../../../docs/api.md'), 'utf8')

  expect(page, 'run: node apps/console/src/write-api-page.ts').toBe(apiPage(routes, contracts))
})

test('a row stands in the table once', () => {
  const names = routes.map(({ method, path }) => `${method} ${path}`)

  expect(new Set(names).size).toBe(names.length)
})

test('T61: only the front page, the health, the setup, signing in, and where devices prove themselves are public', () => {
  const open = routes.filter(({ policy }) => policy === 'public').map(({ path }) => path)

  // Of devices, each proves itself: with a code that works once, and from then on with its own signature.
  const devices = ['/api/device-enrollment', '/enroll-device', '/api/check-in']
  expect(open).toEqual(['/', '/health', '/api/setup', '/api/setup', '/api/session', ...devices])
})

test('whoever may only read cannot reach a row that changes something', () => {
  const reading = routes.filter(({ policy }) => policy.endsWith(':read'))

  expect(reading.filter(({ method }) => method !== 'GET')).toEqual([])
})
