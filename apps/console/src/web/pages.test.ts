import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { z } from 'zod'
import { silentLog } from '@sallygate/base/log'
import { consoleFailure } from '../failures.ts'
import { startListener, type Listener } from '../http/listener.ts'
import { defineRoute } from '../http/route.ts'

let pages = ''
let listener: Listener

const front = defineRoute({
  method: 'GET',
  path: '/',
  policy: 'public',
  says: 'The front page.',
  result: z.string(),
  produces: 'html',
  handler: () => 'plain front page',
})

beforeEach(async () => {
  pages = mkdtempSync(join(tmpdir(), 'sallygate-pages-'))
  listener = await startListener({
    settings: {
      host: '127.0.0.1',
      port: 0,
      tlsCertificateFile: undefined,
      tlsPrivateKeyFile: undefined,
      allowedHosts: undefined,
      maxConnections: 16,
    },
    routes: [front],
    authenticate: () => Promise.reject(consoleFailure('UNAUTHENTICATED')),
    log: silentLog,
    pages,
  })
})

afterEach(async () => {
  await listener.stop()
  rmSync(pages, { recursive: true, force: true })
})

function build(): void {
  mkdirSync(join(pages, 'assets'))
  writeFileSync(join(pages, 'index.html'), '<meta name="csp-nonce" content="__CSP_NONCE__">')
  writeFileSync(join(pages, 'assets/index-a1.js'), 'export {}')
  writeFileSync(join(pages, 'assets/index-a1.js.gz'), gzipSync('export {}'))
  writeFileSync(join(pages, 'assets/index-a1.js.map'), 'secret of the sources')
  writeFileSync(join(pages, 'notes.txt'), 'not a page')
}

const get = (path: string, accept = 'text/html') => fetch(`${listener.url}${path}`, { headers: { accept } })

test('without a build there is the plain front page, and nothing behind it', async () => {
  expect(await (await get('/')).text()).toBe('plain front page')
  expect((await get('/groups/x/overview')).status).toBe(404)
})

test('a build that comes later is served without a new start', async () => {
  build()

  expect(await (await get('/')).text()).toContain('csp-nonce')
})

test('T67: every answer has a nonce of its own, the same in the page and in its policy', async () => {
  build()

  const answers = await Promise.all([get('/'), get('/groups/x/overview')])

  const nonces = await Promise.all(
    answers.map(async (answer) => {
      const nonce = /content="([\w-]{22})"/.exec(await answer.text())?.[1] ?? 'none'
      expect(answer.headers.get('content-security-policy')).toContain(`style-src 'self' 'nonce-${nonce}'`)
      expect(answer.headers.get('cache-control')).toBe('no-store')
      return nonce
    }),
  )
  expect(new Set(nonces).size).toBe(2)
})

test('scripts are kept for ever, compressed where the browser takes it', async () => {
  build()

  const answer = await get('/assets/index-a1.js', '*/*')

  expect(answer.headers.get('content-type')).toMatch(/javascript/)
  expect(answer.headers.get('content-encoding')).toBe('gzip')
  expect(answer.headers.get('cache-control')).toContain('immutable')
  expect(await answer.text()).toBe('export {}')
})

test.each(['/assets/index-a1.js.map', '/assets/none.js', '/assets/..%2Fnotes.txt', '/notes.txt', '/%2e%2e/notes.txt'])(
  '%s hands out nothing that lies beside the pages',
  async (path) => {
    build()

    const answer = await get(path, '*/*')

    expect(answer.status).toBe(404)
    expect(await answer.text()).not.toMatch(/secret|not a page/)
  },
)

test.each(['/api', '/api/groups', '/api/nothing', '/health/x'])('%s is never a page', async (path) => {
  build()

  expect((await get(path)).headers.get('content-type')).toMatch(/^application\/problem\+json/)
})
