import { parseName } from '@sallygate/protocol-ldap'
import { testContext } from '@sallygate/testkit/service-host'
import { describe, expect, test } from 'vitest'
import { allowedBases, isAllowed, type Base } from './scope.ts'

const own: Base = { text: 'dc=corp,dc=test', name: parseName('dc=corp,dc=test') }
const bases = (asked: string | undefined, baseDns?: readonly string[]) =>
  allowedBases(own, asked, testContext({ limits: baseDns === undefined ? {} : { baseDns } })).map(({ text }) => text)
const refused = expect.objectContaining({ code: 'DIRECTORY_BASE_NOT_ALLOWED' })

describe('where a search may look', () => {
  test('without a limit: the base of the settings, or what lies below it', () => {
    expect(bases(undefined)).toEqual(['dc=corp,dc=test'])
    expect(bases('OU=Sales, DC=Corp, DC=Test')).toEqual(['OU=Sales, DC=Corp, DC=Test'])
    expect(() => bases('dc=test')).toThrow(refused)
  })

  test('with limits: each of them that lies inside, the outermost only', () => {
    const limits = ['ou=a,dc=corp,dc=test', 'ou=x,ou=a,dc=corp,dc=test', 'OU=A,dc=corp,dc=test', 'ou=b,dc=corp,dc=test']

    expect(bases(undefined, limits)).toEqual(['ou=a,dc=corp,dc=test', 'ou=b,dc=corp,dc=test'])
    expect(bases('ou=x,ou=a,dc=corp,dc=test', limits)).toEqual(['ou=x,ou=a,dc=corp,dc=test'])
    expect(() => bases('ou=c,dc=corp,dc=test', limits)).toThrow(refused)
  })

  test('a limit that cannot be read, or an empty list of them, allows nothing', () => {
    expect(() => bases(undefined, [])).toThrow(refused)
    expect(() => bases(undefined, ['everything'])).toThrow(refused)
  })

  test('a wider limit than the settings changes nothing', () => {
    expect(bases(undefined, ['dc=test'])).toEqual(['dc=corp,dc=test'])
  })
})

test('an entry is judged by its name, not by how the name looks', () => {
  const limited = testContext({ limits: { baseDns: ['ou=a,dc=corp,dc=test'] } })

  expect(isAllowed('uid=x,OU=A, dc=corp,dc=test', own, limited)).toBe(true)
  expect(isAllowed('uid=x\\,ou=a,dc=corp,dc=test', own, limited)).toBe(false)
  expect(isAllowed('uid=x,ou=aa,dc=corp,dc=test', own, limited)).toBe(false)
  expect(isAllowed('no name at all', own, limited)).toBe(false)
})
