/**
 * A directory account of a NAC: verified through console, relay and connector by a directory,
 * and still good when none of them is there.
 *
 * @module
 */
import { readFileSync, writeFileSync } from 'node:fs'
import { get } from 'node:https'
import { join } from 'node:path'
import { systemClock } from '@sallygate/base/clock'
import { silentLog } from '@sallygate/base/log'
import { nacSettings, startNac, type Nac } from '@sallygate/nac'
import { ldapResult } from '@sallygate/protocol-ldap'
import { decideBind, everybodysPassword } from '@sallygate/sample-office'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { WholeOffice } from '../testing/whole-office.ts'

const user = 'ACME\\ada.okafor'
let office: WholeOffice
let nac: Nac

function status(password: string, as = user): Promise<number> {
  const ca = readFileSync(join(office.home, 'root.pem'), 'utf8')
  const authorization = `Basic ${Buffer.from(`${as}:${password}`).toString('base64')}`
  return new Promise((resolve, reject) => {
    const asking = get(`${nac.url}/ciscoise/mdminfo`, { ca, headers: { authorization }, agent: false }, (response) => {
      response.resume()
      response.on('end', () => resolve(response.statusCode ?? 0))
    })
    asking.on('error', reject)
  })
}

beforeAll(async () => {
  office = await WholeOffice.open()
  // As Active Directory does: the name goes to it as it is written.
  office.authenticate = (name, password) => {
    if (name.toLowerCase() !== user.toLowerCase()) return decideBind(name, password)
    return { result: ldapResult(password === everybodysPassword ? 'success' : 'invalidCredentials') }
  }
  await office.turnOn({ type: 'activeDirectory' })
  const at = (name: string) => join(office.home, name)
  const account = { user, kind: 'directory', group: office.group }
  expect((await office.call('POST', '/api/nac/accounts', account)).status).toBe(201)
  const names = { dnsNames: ['localhost'], ipAddresses: ['127.0.0.1'] }
  const tls = (await office.call('POST', '/api/tls-certificates', names)).body
  writeFileSync(at('nac.pem'), tls.certificatePem)
  writeFileSync(at('nac.key'), tls.privateKeyPem, { mode: 0o600 })
  const made = await office.call('POST', '/api/nac/export', { name: 'nac', consoleUrl: office.console.url })
  writeFileSync(at('nac.json'), JSON.stringify(made.body), { mode: 0o600 })
  const files = { tlsCertificateFile: at('nac.pem'), tlsPrivateKeyFile: at('nac.key'), consoleFile: at('nac.json') }
  const values = { home: at('nac'), port: 0, ...files }
  const host = { clock: systemClock, log: silentLog, mostLateMs: 60_000 }
  nac = await startNac(nacSettings.parse([{ name: 'test', values }]), host)
}, 60_000)
afterAll(async () => {
  await nac?.stop()
  await office?.close()
})

test('its password is the one of the directory, and a wrong one is refused', async () => {
  await office.until(async () => (await status(everybodysPassword)) === 200, 20_000)

  expect(await status('not the password')).toBe(401)
  expect(await status(everybodysPassword, 'ACME\\bruno.keller')).toBe(401)
}, 40_000)

test('with connector, relay and console stopped the accepted password still opens, and no other does', async () => {
  await office.connector.stop()
  await office.relay.stop()

  expect(await status(everybodysPassword)).toBe(200)
  expect(await status('a guess')).not.toBe(200)

  await office.console.stop()
  expect(await status(everybodysPassword)).toBe(200)
}, 40_000)
