/**
 * Planted secrets, looked for in all that a running console leaves where others may read it.
 *
 * @module
 */
import { spawn, type ChildProcess } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { randomBytes, toHex } from '@sallygate/base/bytes'
import { afterEach, expect, test } from 'vitest'

const program = join(import.meta.dirname, 'main.ts')
const home = mkdtempSync(join(tmpdir(), 'sallygate-hunt-'))
const reports = join(home, 'reports')
const children: ChildProcess[] = []
afterEach(() => {
  for (const child of children) child.kill('SIGKILL')
  rmSync(home, { recursive: true, force: true })
})

const planted = {
  adminPassword: `canary-${toHex(randomBytes(12))}`,
  apiKey: `sgk_${randomBytes(32).toString('base64url')}`,
  bindPassword: `canary-${toHex(randomBytes(12))}`,
  guess: `canary-${toHex(randomBytes(12))}`,
}
/** In no secret, and so found: what shows that the hunt hunts. */
const control = `control-${toHex(randomBytes(6))}`

interface Running {
  readonly child: ChildProcess
  readonly said: () => string
}

function start(): Running {
  const file = join(home, 'settings.json')
  const [firstAdminPasswordFile, firstApiKeyFile] = [join(home, 'password'), join(home, 'key')]
  writeFileSync(firstAdminPasswordFile, `${planted.adminPassword}\n`, { mode: 0o600 })
  writeFileSync(firstApiKeyFile, `${planted.apiKey}\n`, { mode: 0o600 })
  writeFileSync(file, JSON.stringify({ home, port: 0, firstAdminPasswordFile, firstApiKeyFile }))
  // The report of a signal is the one that Node writes of a crash: command line, environment, stacks.
  const flags = ['--report-on-signal', '--report-uncaught-exception', `--report-directory=${reports}`]
  const child = spawn(process.execPath, [...flags, program, '--settings', file], { stdio: ['pipe', 'pipe', 'pipe'] })
  children.push(child)
  let said = ''
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => (said += chunk.toString()))
  return { child, said: () => said }
}

async function until<T>(find: () => T | undefined): Promise<T> {
  const end = Date.now() + 30_000
  for (;;) {
    const found = find()
    if (found !== undefined) return found
    if (Date.now() > end) throw new Error('waited too long')
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
}

function filesBelow(directory: string): readonly string[] {
  return readdirSync(directory, { recursive: true, encoding: 'utf8' })
    .map((name) => join(directory, name))
    .filter((path) => statSync(path).isFile())
}

test.skipIf(process.platform !== 'linux')(
  'T69: no planted secret is in arguments, environment, log, crash report, failures, export or backup of a console',
  async () => {
    mkdirSync(reports)
    const { child, said } = start()
    const url = await until(() => /"url":"(http:[^"]+)"/.exec(said())?.[1])
    const answers: string[] = []
    const ask = async (method: string, path: string, body?: unknown, key: string = planted.apiKey) => {
      const headers = { authorization: `Bearer ${key}`, 'content-type': 'application/json' }
      const answer = await fetch(`${url}${path}`, {
        method,
        headers,
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      })
      const text = await answer.text()
      answers.push(text)
      return { status: answer.status, text }
    }
    const groups = JSON.parse((await ask('GET', '/api/groups')).text) as { groups: { id: string }[] }
    const group = groups.groups[0]?.id ?? ''
    const settings = {
      type: 'generic',
      servers: [{ host: `${control}.example`, port: 636 }],
      baseDn: 'dc=example',
      bindDn: 'cn=reader',
      bindPassword: planted.bindPassword,
    }
    const statuses = [
      (await ask('PUT', `/api/groups/${group}/services/directory`, { settings })).status,
      (await ask('POST', '/api/session', { user: 'admin', password: planted.guess })).status,
      (await ask('POST', '/api/session', { user: 'admin', password: [planted.adminPassword] })).status,
      (await ask('POST', '/api/backups')).status,
      (await ask('GET', `/api/groups/${group}/services/directory`)).status,
      (await ask('GET', '/api/audit/export')).status,
      (await ask('GET', '/api/events/export')).status,
    ]
    child.kill('SIGUSR2')
    await until(() => readdirSync(reports)[0])
    // One that cannot start, because the first one runs, and says why.
    const second = start()
    await until(() => second.child.exitCode ?? undefined)
    const proc = `/proc/${child.pid}`
    const given = new Set(['password', 'key', 'master.key'].map((name) => join(home, name)))

    const places = new Map<string, Buffer>([
      ['arguments', readFileSync(`${proc}/cmdline`)],
      ['environment', readFileSync(`${proc}/environ`)],
      ['log', Buffer.from(said())],
      ['log of a failed start', Buffer.from(second.said())],
      ['answers', Buffer.from(answers.join('\n'))],
      ...filesBelow(home)
        .filter((path) => !given.has(path))
        .map((path) => [path.slice(home.length), readFileSync(path)] as const),
    ])
    const holding = (text: string) => [...places].filter(([, bytes]) => bytes.includes(text)).map(([name]) => name)

    expect(statuses).toEqual([200, 401, 400, 201, 200, 200, 200])
    expect(second.child.exitCode).toBe(78)
    for (const [what, secret] of Object.entries(planted)) {
      const forms = [secret, toHex(Buffer.from(secret)), Buffer.from(secret).toString('base64').slice(0, -4)]
      expect([what, forms.flatMap(holding)]).toEqual([what, []])
    }
    expect(holding(control)).toContain('answers')
    expect(holding(control).some((name) => name.startsWith('/backups/'))).toBe(true)
    expect([...places.keys()].some((name) => name.startsWith('/reports/'))).toBe(true)
  },
  60_000,
)
