/**
 * From a device that is reported to what a NAC is told of it: a real console, a real nac, nothing between them simulated.
 *
 * @module
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { get, request } from 'node:https'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { systemClock } from '@sallygate/base/clock'
import { silentLog } from '@sallygate/base/log'
import { readXml, type XmlElement } from '@sallygate/base/xml'
import { nacSettings, startNac, type Nac } from '@sallygate/nac'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { consoleSettings, startConsole, type Console } from '../index.ts'

const key = `sgk_${'N'.repeat(43)}`
const home = mkdtempSync(join(tmpdir(), 'sallygate-both-'))
const at = (name: string) => join(home, name)
let console_: Console
let nac: Nac
let secret = ''
let rootPem = ''
let group = ''

async function ask(method: string, path: string, body?: unknown): Promise<Record<string, never>> {
  const answer = await fetch(`${console_.url}${path}`, {
    method,
    headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  })
  const text = await answer.text()
  if (!answer.ok) throw new Error(`${method} ${path}: ${text}`)
  return JSON.parse(text) as Record<string, never>
}

function asked(path: string, user = 'ise', password = secret): Promise<{ status: number; text: string }> {
  return new Promise((resolve, reject) => {
    const authorization = `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`
    get(`${nac.url}${path}`, { ca: rootPem, headers: { authorization }, agent: false }, (response) => {
      let text = ''
      response.setEncoding('utf8').on('data', (part: string) => (text += part))
      response.on('end', () => resolve({ status: response.statusCode ?? 0, text }))
    }).on('error', reject)
  })
}

const flat = (element: XmlElement): readonly XmlElement[] => [element, ...element.children.flatMap(flat)]

async function device(query: string): Promise<Readonly<Record<string, string>> | undefined> {
  const { status, text } = await asked(`/ciscoise/mdmapi/v3/devices/?paging=0&${query}&filter=all`)
  expect(status).toBe(200)
  const all = flat(readXml(text))
  if (!all.some(({ name }) => name === 'device')) return undefined
  return Object.fromEntries(all.map(({ name, text: told }) => [name, told]))
}

async function until<T>(look: () => Promise<T | undefined | false>): Promise<T> {
  const untilMs = performance.now() + 20_000
  for (;;) {
    const found = await look().catch(() => undefined)
    if (found !== undefined && found !== false) return found
    if (performance.now() > untilMs) throw new Error('what was waited for did not come')
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
}

beforeAll(async () => {
  writeFileSync(at('password'), 'correct horse battery\n', { mode: 0o600 })
  writeFileSync(at('key'), `${key}\n`, { mode: 0o600 })
  const host = { clock: systemClock, log: silentLog }
  const first = { firstAdminPasswordFile: at('password'), firstApiKeyFile: at('key') }
  const values = { home: at('console'), port: 0, ...first }
  console_ = await startConsole(consoleSettings.parse([{ name: 'test', values }]), host)
  group = String((await ask('POST', '/api/groups', { name: 'Acme' }))['id'])
  rootPem = String((await ask('GET', '/api/certificates/root'))['pem'])
  secret = String((await ask('POST', '/api/nac/accounts', { user: 'ise' }))['secret'])
  const tls = await ask('POST', '/api/tls-certificates', { dnsNames: ['localhost'], ipAddresses: ['127.0.0.1'] })
  writeFileSync(at('tls.pem'), String(tls['certificatePem']))
  writeFileSync(at('tls.key'), String(tls['privateKeyPem']), { mode: 0o600 })
  const exported = await ask('POST', '/api/nac/export', { name: 'nac', consoleUrl: console_.url })
  writeFileSync(at('console.json'), JSON.stringify(exported), { mode: 0o600 })
  const files = { tlsCertificateFile: at('tls.pem'), tlsPrivateKeyFile: at('tls.key'), consoleFile: at('console.json') }
  nac = await startNac(nacSettings.parse([{ name: 'test', values: { home: at('nac'), port: 0, ...files } }]), {
    ...host,
    mostLateMs: 60_000,
  })
}, 60_000)
afterAll(async () => {
  await nac?.stop()
  await console_?.stop()
  rmSync(home, { recursive: true, force: true })
})

test('a device that is reported is found by its address, its serial number and its id', async () => {
  await until(async () => (await asked('/ciscoise/mdminfo')).status === 200)
  const reported = await console_.inventory.report({
    group,
    source: 'fusionInventory',
    identifiers: { serial: 'SN-100', macs: ['00:10:5A:00:00:01'], hostName: 'berlin-1' },
    facts: { platform: { value: 'linux' }, manufacturer: { value: 'Maker' } },
    atMs: Date.now(),
  })

  const found = await until(() => device('querycriteria=macaddress&value=00105A000001'))
  expect(found).toMatchObject({ register_status: 'true', manufacturer: 'Maker', serial_number: 'SN-100' })
  expect(found['guid']).toBe(reported.device)
  // Only who asked by an address is told which one it was.
  const { macaddress: _, ...bySerial } = found
  expect(await device('querycriteria=serialnumber&value=sn-100')).toEqual(bySerial)
  expect(await device(`querycriteria=guid&value=${reported.device}`)).toMatchObject({ guid: reported.device })
}, 60_000)

test('a secret that is rotated lets both in, and an account that is disabled is out a moment later', async () => {
  const { secret: next } = await ask('POST', '/api/nac/accounts/ise/secret', {})
  await until(async () => (await asked('/ciscoise/mdminfo', 'ise', String(next))).status === 200)
  expect((await asked('/ciscoise/mdminfo')).status).toBe(200)
  await ask('PUT', '/api/nac/accounts/ise', { disabled: true })
  await until(async () => (await asked('/ciscoise/mdminfo')).status === 401)
  await ask('PUT', '/api/nac/accounts/ise', { disabled: false })

  await until(async () => (await asked('/ciscoise/mdminfo')).status === 200)
}, 60_000)

test('the console shows who asked nac, and which certificate ISE needs', async () => {
  const { nacs } = (await until(async () => {
    const answer = (await ask('GET', '/api/nac')) as unknown as {
      nacs: { nodes: { user: string; lastInfoMs?: number }[] }[]
    }
    return answer.nacs[0]?.nodes.some(({ user, lastInfoMs }) => user === 'ise' && lastInfoMs !== undefined) && answer
  })) as { nacs: readonly object[] }

  expect(nacs[0]).toMatchObject({ name: 'nac', isSilent: false, certificate: { daysLeft: expect.any(Number) } })
}, 60_000)

test('an action of a NAC that the device cannot take is told as an event, and not tried for ever', async () => {
  await ask('PUT', '/api/nac/accounts/ise', { right: 'edit', actions: ['pin_lock'] })
  const found = await until(() => device('querycriteria=macaddress&value=00105A000001'))
  const body = `<ise_api><identifier><guid>${found['guid']}</guid></identifier></ise_api>`
  await until(async () => {
    const answer = await act(`/ciscoise/mdmapi/v3/action/actionType=pin_lock`, body)
    return answer.includes('<action_status>true</action_status>')
  })

  // It is inventoried by an agent that takes no commands.
  await until(async () => JSON.stringify(await ask('GET', '/api/events?category=nac')).includes('DEVICE_HAS_NO_AGENT'))

  const { entries } = (await ask('GET', '/api/audit?limit=20')) as unknown as { entries: readonly object[] }
  const { accounts } = (await ask('GET', '/api/nac/accounts')) as unknown as { accounts: readonly { id: string }[] }
  expect(entries).toContainEqual(
    expect.objectContaining({
      action: 'nac.actions.post',
      outcome: 'DEVICE_HAS_NO_AGENT',
      actor: expect.objectContaining({ kind: 'apiKey', name: 'nac' }),
      group,
      note: `pin_lock, asked of nac by account ${accounts[0]?.id} from 127.0.0.1`,
    }),
  )
}, 60_000)

function act(path: string, body: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const authorization = `Basic ${Buffer.from(`ise:${secret}`).toString('base64')}`
    const sent = request(
      `${nac.url}${path}`,
      { method: 'POST', ca: rootPem, headers: { authorization }, agent: false },
      (response) => {
        let text = ''
        response.setEncoding('utf8').on('data', (part: string) => (text += part))
        response.on('end', () => resolve(text))
      },
    )
    sent.on('error', reject).end(body)
  })
}
