import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createLog } from '@sallygate/base/log'
import { refusal, startScriptedProxy, tunnel, type ScriptedProxy } from '@sallygate/testkit/scripted-proxy'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { checkConnector } from './check.ts'
import { keepHostSettings, readHostSettings } from './host-settings.ts'
import { GateOfOne } from './testing/gate-of-one.ts'

let gate: GateOfOne
let proxy: ScriptedProxy
let folder: string
beforeEach(async () => {
  gate = await GateOfOne.empty()
  folder = mkdtempSync(join(tmpdir(), 'sallygate-way-out-'))
  proxy = await startScriptedProxy({
    hosts: { '127.0.0.1': gate.console.relay.port },
    answer: ({ headers }) =>
      headers.get('proxy-authorization') === `Basic ${Buffer.from('svc:pass-of-the-proxy').toString('base64')}`
        ? tunnel
        : refusal(407, ['Proxy-Authenticate: Basic realm="corp"']),
  })
})
afterEach(async () => {
  await gate[Symbol.asyncDispose]()
  await proxy.stop()
  rmSync(folder, { recursive: true })
})

function settings(password = 'pass-of-the-proxy') {
  const proxyCredentialsFile = join(folder, 'credentials')
  writeFileSync(proxyCredentialsFile, `svc\n${password}\n`, { mode: 0o600 })
  return { proxyUrl: `http://127.0.0.1:${proxy.port}`, proxyCredentialsFile, proxyAllowPlainBasic: true }
}

const fileOfHost = () =>
  writeFileSync(join(gate.home, 'settings.json'), JSON.stringify({ relayCaFile: gate.console.caFile, ...settings() }))

test('a connector enrolls, attaches and answers through a proxy, and says so', async () => {
  fileOfHost()
  await gate.enroll({ proxy: readHostSettings(gate.home) })
  expect(proxy.questions.length).toBeGreaterThan(0)
  const before = proxy.questions.length

  await gate.start(settings())
  await gate.configure({ greeting: 'hello' })
  const asked = await gate.call('instance.check', { service: 'instance' }, { withinMs: 9000 })

  expect(proxy.questions.length).toBe(before + 2)
  expect(gate.facts().wayOut).toBe(`through the proxy 127.0.0.1:${proxy.port}, with a basic login`)
  expect(asked).toMatchObject({ outcome: 'done' })
  expect(JSON.stringify(asked)).toContain(`To the relay through the proxy 127.0.0.1:${proxy.port}`)
  expect(readFileSync(join(gate.home, 'status.json'), 'utf8')).not.toContain('pass-of-the-proxy')
}, 20_000)

test('the check walks the hops at the proxy, with the settings in the home', async () => {
  fileOfHost()
  await gate.enroll({ proxy: readHostSettings(gate.home) })
  await gate.start(settings())

  const rows = await checkConnector(gate.home)

  expect(rows.filter(({ result }) => result === 'failed')).toEqual([])
  expect(rows.map(({ target }) => target)).toEqual(
    expect.arrayContaining([
      'proxy settings',
      'way out',
      `proxy TCP 127.0.0.1:${proxy.port}`,
      `proxy CONNECT 127.0.0.1:${gate.console.relay.port}`,
    ]),
  )
  expect(rows.some(({ target }) => target.startsWith('TCP '))).toBe(false)
}, 20_000)

test('a wrong login at the proxy is the failure that an enrollment ends with, and costs neither code nor account', async () => {
  const code = gate.console.newCode()
  writeFileSync(join(gate.home, 'settings.json'), JSON.stringify(settings('wrong')))

  const enrolling = gate.enroll({ proxy: readHostSettings(gate.home) })

  await expect(enrolling).rejects.toMatchObject({ code: 'DIAL_PROXY_LOGIN_REFUSED' })
  expect(proxy.questions.filter(({ headers }) => headers.has('proxy-authorization'))).toHaveLength(1)
  expect([...gate.console.codes.values()].some(({ isUsed }) => isUsed)).toBe(false)
  expect(code).not.toBe('')
})

test('what an enrollment was told about the way out stays in the settings of the host', () => {
  writeFileSync(join(gate.home, 'settings.json'), JSON.stringify({ reportEvery: '5m' }))

  keepHostSettings(gate.home, {
    proxyUrl: 'http://proxy.example:3128',
    proxyCredentialsFile: 'login',
    proxyPac: undefined,
  })

  expect(readHostSettings(gate.home)).toMatchObject({
    home: gate.home,
    proxyUrl: 'http://proxy.example:3128',
    proxyCredentialsFile: join(process.cwd(), 'login'),
    reportEvery: 300_000,
  })
})

test('a password in the address of the proxy is refused before anything is dialled, and not repeated', async () => {
  await expect(gate.launch({ proxyUrl: 'http://svc:secret@127.0.0.1:3128' })).rejects.toMatchObject({
    code: expect.stringMatching(/CONNECTOR_NOT_ENROLLED|DIAL_PROXY_SETTINGS/) as string,
  })
  const proxyOnly = { ...readHostSettings(gate.home), proxyUrl: 'http://svc:secret@127.0.0.1:3128' }
  const failure: unknown = await gate.enroll({ proxy: proxyOnly }).catch((error: unknown) => error)

  expect(failure).toMatchObject({ code: 'DIAL_PROXY_SETTINGS' })
  expect(JSON.stringify(failure)).not.toContain('secret')
})

test('the login is in no log and no file of the connector, whether the proxy takes it or not (P32)', async () => {
  await gate.enroll()
  const lines: string[] = []
  const destination = { write: (line: string) => void lines.push(line) }
  const log = createLog({ part: 'test', level: 'debug', destination })

  await gate.start(settings(), { log })
  await gate.stopConnectors()
  const refused = await gate.launch(settings('wrong-for-the-proxy'), { log })
  await expect.poll(() => refused.facts().relay.lastFailure?.code, { timeout: 8000 }).toBe('DIAL_PROXY_LOGIN_REFUSED')
  await gate.stopConnectors()

  const written = readdirSync(gate.home, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => readFileSync(join(entry.parentPath, entry.name), 'latin1'))
  const everything = [...lines, ...written].join('\n')
  expect(everything).toContain('DIAL_PROXY_LOGIN_REFUSED')
  for (const password of ['pass-of-the-proxy', 'wrong-for-the-proxy']) {
    expect(everything).not.toContain(password)
    expect(everything).not.toContain(Buffer.from(`svc:${password}`).toString('base64'))
  }
}, 20_000)
