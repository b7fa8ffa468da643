import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseParams, parseSettings } from '@sallygate/service-kit'
import { describe, expect, test } from 'vitest'
import { contentInForce, directoryContract, maxConditionDepth, type Condition } from './contract.ts'

const { authenticate, search } = directoryContract.operations
const invalid = expect.objectContaining({ code: 'SERVICE_PARAMETERS_INVALID' })

describe('conditions', () => {
  const nested = (depth: number): Condition =>
    depth === 1 ? { field: 'login', equals: 'x' } : { not: nested(depth - 1) }

  test('are bounded in depth and number', () => {
    expect(parseParams(search, { kind: 'users', match: nested(maxConditionDepth) }).match).toBeDefined()
    expect(() => parseParams(search, { kind: 'users', match: nested(maxConditionDepth + 1) })).toThrow(invalid)
    const many = {
      any: Array.from({ length: 3 }, () => ({ field: 'login', anyOf: Array.from({ length: 100 }, () => 'x') })),
    }
    expect(() => parseParams(search, { kind: 'users', match: many })).toThrow(invalid)
  })

  test('have no room for a filter', () => {
    for (const match of ['(uid=*)', { filter: '(uid=*)' }, { field: 'login', equals: 'x', filter: '(uid=*)' }]) {
      expect(() => parseParams(search, { kind: 'users', match })).toThrow(invalid)
    }
  })
})

test('text without UTF-8 and with NUL is refused before it is anybody’s name or password', () => {
  for (const text of ['a\0b', '\0', 'a\ud800']) {
    expect(() => parseParams(authenticate, { user: text, password: 'x' })).toThrow(invalid)
    expect(() => parseParams(authenticate, { user: 'x', password: text })).toThrow(invalid)
  }
  expect(parseParams(authenticate, { user: 'x', password: '' })).toEqual({ user: 'x', password: '' })
})

test('the password is the only secret, and moving the server erases it', () => {
  expect(directoryContract.secretFields).toEqual(['bindPassword'])
  expect(directoryContract.settings.erasesSecrets).toEqual([
    'servers',
    'discovery',
    'encryption',
    'trust',
    'certificatePins',
    'bind',
    'referrals',
  ])
  expect(directoryContract.operations.authenticate.secretParams).toEqual(['password'])
})

test('defaults are the safe ones', () => {
  const settings = parseSettings(directoryContract, { servers: [{ host: 'dc1', port: 636 }], baseDn: 'dc=x' })

  expect(settings).toMatchObject({ encryption: 'ldaps', connectTimeoutMs: 3000, operationTimeoutMs: 10_000 })
})

describe('settings', () => {
  const first = { servers: [{ host: 'dc1', port: 636 }], baseDn: 'dc=x' }
  const read = (settings: object) => parseSettings(directoryContract, settings)

  test('what was stored before there was more to set reads the same where a password goes', () => {
    const before = read(first) as Record<string, unknown>

    for (const field of directoryContract.settings.erasesSecrets) {
      expect([field, before[field]]).toEqual([field, { ...first, encryption: 'ldaps' }[field as 'servers']])
    }
  })

  test('need a server, or a domain to find one in', () => {
    const refused = expect.objectContaining({
      code: 'SERVICE_SETTINGS_INVALID',
      details: { field: 'servers', expected: expect.anything() },
    })
    expect(() => read({ baseDn: 'dc=x' })).toThrow(refused)
    expect(
      read({ baseDn: 'dc=x', discovery: { kind: 'srv', domain: 'corp.test', site: 'automatic' } }).servers,
    ).toEqual([])
  })

  test('take a thumbprint as any tool shows it, and keep one spelling', () => {
    const colons = Array.from({ length: 32 }, () => 'AB').join(':')

    expect(read({ ...first, certificatePins: [colons] }).certificatePins).toEqual(['ab'.repeat(32)])
    for (const wrong of ['ab', 'ab'.repeat(20), `${'ab'.repeat(31)}zz`]) {
      expect(() => read({ ...first, certificatePins: [wrong] })).toThrow()
    }
  })

  test('map no attribute that holds a password', () => {
    for (const attribute of ['userPassword', 'UNICODEPWD', 'ms-Mcs-AdmPwd', 'msLAPS-EncryptedPassword', '2.5.4.35']) {
      expect(() => read({ ...first, customAttributes: { mine: attribute } }), attribute).toThrow()
    }
    expect(read({ ...first, customAttributes: { costCenter: 'extensionAttribute1' } }).customAttributes).toBeDefined()
  })

  test('every type has its defaults, and a setting wins over them', () => {
    const inForce = (settings: object) => contentInForce(read({ ...first, ...settings }))

    expect(inForce({}).disabledRule).toEqual({ kind: 'flagBit', attribute: 'userAccountControl', bit: 2 })
    expect(inForce({ type: 'eDirectory' })).toMatchObject({
      identifier: { dataType: 'hex' },
      mapping: { user: { login: 'cn' } },
    })
    expect(inForce({ type: 'domino' })).toMatchObject({
      userObjectClass: 'dominoPerson',
      membership: { transitive: 'walk' },
    })
    expect(inForce({ type: 'generic', groupAttributes: { member: 'uniqueMember' } }).membership).toEqual({
      attribute: 'uniqueMember',
      holds: 'dn',
      transitive: 'walk',
    })
    for (const bit of [0, 3, 2 ** 32]) {
      expect(() => read({ ...first, disabledRule: { kind: 'flagBit', attribute: 'x', bit } }), `${bit}`).toThrow()
    }
  })
})

test('every setting is on its page', () => {
  const page = readFileSync(join(import.meta.dirname, '../../../docs/directory.md'), 'utf8')
  const settings = page.slice(page.indexOf('### Every setting'), page.indexOf('### Servers from DNS'))

  for (const field of Object.keys(directoryContract.settings.schema.shape)) expect(settings).toContain(`\`${field}\``)
})
