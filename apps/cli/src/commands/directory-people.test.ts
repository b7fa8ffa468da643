/**
 * Who is meant by a name. The console is simulated: it knows three people and finds them by the beginnings of words.
 *
 * @module
 */
import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { runSallygate } from '../testing/cli-in-test.ts'

const people = [
  { id: '1', name: 'Ada Okafor', login: 'ada.okafor' },
  { id: '2', name: 'Ada Byron', login: 'ada' },
  { id: '3', name: 'Bruno Keller', login: 'bruno' },
].map((one) => ({ ...one, dn: `uid=${one.login}`, mail: `${one.login}@example.com` }))

const home = mkdtempSync(join(tmpdir(), 'sallygate-people-'))
let server: Server
beforeAll(async () => {
  writeFileSync(join(home, 'key'), `sgk_${'A'.repeat(43)}`, { mode: 0o600 })
  server = createServer((request, response) => {
    const { pathname, searchParams } = new URL(request.url ?? '/', 'http://console.test')
    const [status, body] = answerTo(pathname, searchParams.get('search') ?? '')
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body))
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
})
afterAll(() => {
  server.close()
  rmSync(home, { recursive: true, force: true })
})

function answerTo(path: string, search: string): [number, unknown] {
  const group = '/api/groups/g/directory/users'
  if (path === '/api/groups') return [200, { groups: [{ id: 'g', name: 'Acme', path: [] }] }]
  if (path === group) {
    const starts = (text: string) => text.toLowerCase().startsWith(search.toLowerCase())
    return [
      200,
      {
        users: people.filter(({ name, login }) =>
          [...name.split(' '), name, login, `${login}@example.com`].some(starts),
        ),
      },
    ]
  }
  const one = people.find(({ id }) => path === `${group}/${id}`)
  if (one !== undefined) return [200, { ...one, fields: {}, groups: [] }]
  return [404, { code: 'CONSOLE_NOT_FOUND', says: 'There is nothing here.', fix: 'Check the name.', retry: 'never' }]
}

const users = (named: string) =>
  runSallygate(
    'directory', 'users', named, '--group', 'g', '--console', `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    '--api-key-file', join(home, 'key'),
  ) // prettier-ignore

test.each([
  ['a login, though it begins the names of others', 'ada', 'Ada Byron'],
  ['a mail address', 'BRUNO@example.com', 'Bruno Keller'],
  ['a surname that one person has', 'okafor', 'Ada Okafor'],
  ['an id', '3', 'Bruno Keller'],
])('%s says who is meant', async (_what, named, name) => {
  const { out, code } = await users(named)

  expect([code, out]).toEqual([0, expect.stringMatching(new RegExp(`^name +${name}$`, 'm'))])
})

test('a name that several have is refused with whom it could mean, and one nobody has is not there', async () => {
  const several = await users('ad')
  const nobody = await users('zoe')

  expect([several.code, several.err]).toEqual([1, expect.stringMatching(/Ada Okafor \(1\), Ada Byron \(2\)/)])
  expect([nobody.code, nobody.err]).toEqual([1, expect.stringContaining('CONSOLE_NOT_FOUND')])
})
