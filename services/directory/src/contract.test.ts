import { parseParams, parseSettings } from '@sallygate/service-kit'
import { describe, expect, test } from 'vitest'
import { directoryContract, maxConditionDepth, type Condition } from './contract.ts'

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
  expect(directoryContract.settings.erasesSecrets).toEqual(['servers', 'encryption', 'trust'])
  expect(directoryContract.operations.authenticate.secretParams).toEqual(['password'])
})

test('defaults are the safe ones', () => {
  const settings = parseSettings(directoryContract, { servers: [{ host: 'dc1', port: 636 }], baseDn: 'dc=x' })

  expect(settings).toMatchObject({ encryption: 'ldaps', connectTimeoutMs: 3000, operationTimeoutMs: 10_000 })
})
