import { afterEach, expect, test, vi } from 'vitest'
import { ask, path, withQuery } from './client.ts'
import { problemOf, readProblem } from './problem.ts'

afterEach(() => vi.unstubAllGlobals())

const answerWith = (response: Response) => vi.stubGlobal('fetch', () => Promise.resolve(response))

test('what is put into a path stays one segment', () => {
  expect(path`/api/groups/${'../x?y#z'}/connectors`).toBe('/api/groups/..%2Fx%3Fy%23z/connectors')
})

test('a query leaves out what is empty', () => {
  expect(withQuery(path`/api/audit`, { cursor: '', actor: 'a&b' })).toBe('/api/audit?actor=a%26b')
  expect(withQuery(path`/api/audit`, { cursor: '' })).toBe('/api/audit')
})

test('a refusal is said in the words of the console', async () => {
  const body = { code: 'CONSOLE_FORBIDDEN', says: 'You may not.', fix: 'Ask somebody who may.', details: { a: 1 } }
  answerWith(Response.json(body, { status: 403 }))

  const problem = problemOf(await ask('GET', path`/api/status`).catch((error: unknown) => error))

  expect(problem).toMatchObject({ status: 403, ...body })
})

test('a page of a proxy is not taken for an answer, refused or not', async () => {
  for (const status of [200, 502]) {
    answerWith(new Response('<html>', { status }))
    const problem = problemOf(await ask('GET', path`/api/status`).catch((error: unknown) => error))
    expect(problem.code).toBe('WEB_ANSWER_UNREADABLE')
  }
  expect(readProblem(500, { message: 'x' }).problem.code).toBe('WEB_ANSWER_UNREADABLE')
})

test('silence says that the console is away', async () => {
  vi.stubGlobal('fetch', () => Promise.reject(new TypeError('failed to fetch')))

  const problem = problemOf(await ask('GET', path`/api/status`).catch((error: unknown) => error))

  expect(problem).toMatchObject({ code: 'WEB_CONSOLE_AWAY', status: 0 })
})

test('what changes something carries the mark of our own pages', async () => {
  const sent: RequestInit[] = []
  vi.stubGlobal('fetch', (_: string, init: RequestInit) => {
    sent.push(init)
    return Promise.resolve(Response.json({}))
  })

  await ask('GET', path`/api/status`)
  await ask('POST', path`/api/groups`, { body: { name: 'x' } })

  expect(sent.map(({ headers }) => (headers as Record<string, string>)['x-sallygate'])).toEqual([undefined, 'web'])
})
