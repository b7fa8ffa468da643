/**
 * Every row of the route table, asked by somebody who has no right to.
 *
 * @module
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { request } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { systemClock } from '@sallygate/base/clock'
import { silentLog } from '@sallygate/base/log'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Assembly } from './assembly.ts'
import { consoleSettings, startConsole, type Console } from './index.ts'
import { allRoutes } from './routes.ts'

const apiKey = `sgk_${'A'.repeat(43)}`
const home = mkdtempSync(join(tmpdir(), 'sallygate-console-'))
let running: Console

beforeAll(async () => {
  writeFileSync(join(home, 'password'), 'correct horse battery\n', { mode: 0o600 })
  writeFileSync(join(home, 'key'), `${apiKey}\n`, { mode: 0o600 })
  const values = { home, port: 0, firstAdminPasswordFile: join(home, 'password'), firstApiKeyFile: join(home, 'key') }
  running = await startConsole(consoleSettings.parse([{ name: 'test', values }]), {
    clock: systemClock,
    log: silentLog,
  })
})

afterAll(async () => {
  await running.stop()
  rmSync(home, { recursive: true, force: true })
})

const closed = allRoutes({} as Assembly)
  .filter(({ policy }) => policy !== 'public')
  .map(({ method, path }) => ({
    method,
    path: path
      .replace(':group', 'Sample')
      .replace(':connector', 'x')
      .replace(':page', 'siteUrls')
      .replace(':service', 'directory'),
  }))

interface Answer {
  readonly status: number
  readonly code: string
  readonly text: string
}

/** Sends the path exactly as it is; fetch would tidy it up. */
function ask(method: string, path: string, headers: Record<string, string> = {}): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const { hostname: host, port } = new URL(running.url)
    const sent = request({ host, port, method, path, headers, agent: false }, (answer) => {
      let text = ''
      answer.setEncoding('utf8').on('data', (part: string) => (text += part))
      answer.on('end', () => {
        const { code } = JSON.parse(text === '' ? '{}' : text) as { code?: string }
        resolve({ status: answer.statusCode ?? 0, code: code ?? '', text: text.replace(/"traceId":"\w+"/, '') })
      })
    })
    sent.on('error', reject).end()
  })
}

/** Other spellings of an address, all of which some proxy or router has taken for the same. */
function tricks(path: string): string[] {
  const last = path.lastIndexOf('/')
  return [
    path.replace('/api', '//api'),
    path.replace('/api/', '/api//'),
    path.replace('/api/', '/api/%2e/'),
    path.replace('/api/', '/api/./'),
    path.replace('/api/', '/health/../api/'),
    path.replace('/api/', '/health/%2e%2e/api/'),
    path.replace('/api/', '/api%2f'),
    path.replace('api', '%61pi'),
    path.replace('/api', '/API'),
    `${path}/`,
    `${path};a=b`,
    `${path}%00`,
    `${path}/more`,
    `${path.slice(0, last)};x${path.slice(last)}`,
    path.toUpperCase(),
    `http://127.0.0.1${path}`,
  ]
}

test('without proof every row answers the same 401, and so does what does not exist', async () => {
  const answers = await Promise.all(
    [...closed, { method: 'GET', path: '/api/nothing' }, { method: 'PATCH', path: '/api/groups' }].map(
      ({ method, path }) => ask(method, path),
    ),
  )

  expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([401]))
  expect(new Set(answers.map(({ text }) => text)).size).toBe(1)
})

test.each(closed)('no trick of spelling opens $method $path', async ({ method, path }) => {
  const answers = await Promise.all(tricks(path).map((trick) => ask(method, trick)))

  for (const { status, code } of answers) {
    expect([401, 404]).toContain(status)
    expect(code).toBe(status === 401 ? 'CONSOLE_UNAUTHENTICATED' : 'CONSOLE_NOT_FOUND')
  }
})

test.each(closed)('a proven caller is not helped by a trick either: $method $path', async ({ method, path }) => {
  // A service and a settings page, too, are named by a last segment.
  const spellings = tricks(path).filter((trick) => !/\/(?:services|settings)\/more$/.test(trick))
  const answers = await Promise.all(spellings.map((trick) => ask(method, trick, { authorization: `Bearer ${apiKey}` })))

  expect(answers.map(({ status, code }) => [status, code])).toEqual(answers.map(() => [404, 'CONSOLE_NOT_FOUND']))
})

test('a header that names another method or address changes nothing', async () => {
  const headers = {
    'x-http-method-override': 'GET',
    'x-original-url': '/health',
    'x-rewrite-url': '/health',
    'x-forwarded-for': '127.0.0.1',
  }

  const answers = await Promise.all(closed.map(({ method, path }) => ask(method, path, headers)))

  expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([401]))
})

test('a group, a connector and an address that are not there answer the same', async () => {
  const headers = { authorization: `Bearer ${apiKey}` }

  const answers = await Promise.all(
    [
      '/api/groups/nobody',
      '/api/groups/00000000000000000000000000000000/connectors',
      '/api/groups/Sample/connectors/nobody',
      '/api/nothing',
    ].map((path) => ask('GET', path, headers)),
  )

  expect(new Set(answers.map(({ status, text }) => `${status} ${text}`)).size).toBe(1)
})

test('guessing gets slower and ends by itself', async () => {
  const guess = () =>
    ask('GET', '/api/status', { authorization: `Basic ${Buffer.from('admin:guess').toString('base64')}` })
  const answers: Answer[] = []
  for (let at = 0; at < 8; at++) answers.push(await guess())

  expect(answers.slice(0, 4).map(({ status }) => status)).toEqual([401, 401, 401, 401])
  expect(answers.at(-1)).toMatchObject({ status: 429, code: 'CONSOLE_TOO_MANY_ATTEMPTS' })
  await new Promise((resolve) => setTimeout(resolve, 1100))
  const right = await ask('GET', '/api/status', {
    authorization: `Basic ${Buffer.from('admin:correct horse battery').toString('base64')}`,
  })
  expect(right.status).toBe(200)
})
