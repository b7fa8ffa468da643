/**
 * Enrolling with a code that asks who is there: a real hub, console, relay, connector and a directory.
 *
 * @module
 */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { systemClock } from '@sallygate/base/clock'
import { Secret } from '@sallygate/base/secret'
import { ldapResult } from '@sallygate/protocol-ldap'
import { decideBind, everybodysPassword } from '@sallygate/sample-office'
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest'
import { WholeOffice } from '../../console/src/testing/whole-office.ts'
import { enrollHub } from './enroll.ts'

const ada = 'ACME\\ada.okafor'
let office: WholeOffice
let home = ''
let binds: string[] = []

beforeAll(async () => {
  office = await WholeOffice.open()
  // As Active Directory does: the name goes to it as it is written.
  office.authenticate = (name, password) => {
    if (!name.includes('\\')) return decideBind(name, password)
    binds.push(`${name} ${password}`)
    const isRight = name.toLowerCase() === ada.toLowerCase() && password === everybodysPassword
    return { result: ldapResult(isRight ? 'success' : 'invalidCredentials') }
  }
  await directoryAt(office.ldapPort)
}, 60_000)
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'sallygate-hub-'))
  binds = []
})
afterEach(() => rmSync(home, { recursive: true, force: true }))
afterAll(() => office?.close())

const directoryAt = (port: number) => office.turnOn({ type: 'activeDirectory', servers: [{ host: '127.0.0.1', port }] })

interface Code {
  readonly id: string
  readonly code: string
}
const makeCode = async (): Promise<Code> =>
  (await office.inGroup('POST', 'device-enrollment-codes', { needsLogin: true })).body as Code
async function usesLeft({ id }: Code): Promise<number | undefined> {
  const { codes } = (await office.inGroup('GET', 'device-enrollment-codes')).body
  return (codes as readonly { readonly id: string; readonly usesLeft: number }[]).find((one) => one.id === id)?.usesLeft
}

function enroll({ code }: Code, user?: string, password = everybodysPassword) {
  const login = user === undefined ? undefined : { user, password: new Secret(password) }
  return enrollHub({ home, consoleUrl: office.console.url, code: new Secret(code), clock: systemClock, login })
}

const devices = async () => (await office.call('GET', '/api/devices')).body.devices as readonly { id: string }[]

test('whom the directory knows is let in, and the device is his', async () => {
  const code = await makeCode()

  const { device } = await enroll(code, ada)

  expect(binds).toEqual([`${ada} ${everybodysPassword}`])
  const shown = (await office.call('GET', `/api/devices/${device}`)).body
  expect(shown).toMatchObject({ state: 'enrolled', facts: { userName: { value: ada } } })
  expect(await usesLeft(code)).toBe(0)
  await office.call('DELETE', `/api/devices/${device}`, { note: 'rehearsal' })
}, 60_000)

test.each([
  ['a wrong password', ada, 'wrong', 1],
  ['a user nobody knows', 'ACME\\nobody', everybodysPassword, 1],
  ['an empty password, which LDAP takes for anonymous', ada, '', 0],
  ['nobody at all', undefined, '', 0],
])(
  '%s is refused, brings in nothing and uses nothing up',
  async (_what, user, password, asked) => {
    const code = await makeCode()
    const before = await devices()

    await expect(enroll(code, user, password)).rejects.toMatchObject({ code: 'HUB_LOGIN_REFUSED' })

    expect(binds).toHaveLength(asked)
    expect(await usesLeft(code)).toBe(1)
    expect(await devices()).toEqual(before)
  },
  60_000,
)

test('the directory is not asked for whoever has no code', async () => {
  const none = { id: '', code: 'SGD-AAAAA-AAAAA-AAAAA-AAAAA-AAAAA-A' }

  await expect(enroll(none, ada)).rejects.toMatchObject({ code: 'HUB_CODE_REFUSED' })

  expect(binds).toEqual([])
}, 60_000)

test('while the directory does not answer nobody is let in or called wrong, and afterwards the same code is good', async () => {
  const code = await makeCode()
  await directoryAt(9)
  await expect(enroll(code, ada)).rejects.toMatchObject({
    code: 'HUB_LOGIN_UNVERIFIED',
    details: { code: 'CONSOLE_COULD_NOT_VERIFY' },
  })
  expect(await usesLeft(code)).toBe(1)
  await directoryAt(office.ldapPort)

  await office.until(async () => {
    const { device } = await enroll(code, ada).catch(() => ({ device: '' }))
    return device !== ''
  }, 20_000)
  expect(await usesLeft(code)).toBe(0)
}, 90_000)

test('who guesses passwords has to wait, and then the directory is not asked', async () => {
  const code = await makeCode()
  const results: string[] = []
  for (let guess = 0; guess < 8; guess++) {
    results.push(await enroll(code, 'ACME\\bruno.keller', `guess ${guess}`).then(() => 'in', codeOf))
  }

  expect(new Set(results)).toEqual(new Set(['HUB_LOGIN_REFUSED', 'HUB_TOO_MANY_ATTEMPTS']))
  expect(binds).toHaveLength(results.filter((result) => result === 'HUB_LOGIN_REFUSED').length)
  expect(await usesLeft(code)).toBe(1)
}, 60_000)

const codeOf = (error: unknown) => String((error as { readonly code?: unknown }).code)

test('without a connector nobody is let in or called wrong', async () => {
  await office.connector.stop()

  await expect(enroll(await makeCode(), ada)).rejects.toMatchObject({ code: 'HUB_LOGIN_UNVERIFIED' })
}, 90_000)
