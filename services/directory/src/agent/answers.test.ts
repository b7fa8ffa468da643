import { controlOids, ldapResult, passwordPolicyError, resultCodes, type Answer } from '@sallygate/protocol-ldap'
import { describe, expect, test } from 'vitest'
import { activeDirectoryRefusals, directoryFailure, refusalWords } from '../contract.ts'
import { activeDirectorySubCode, failureOf, refusalOf } from './answers.ts'

/** As a domain controller writes it. */
const said = (code: string) =>
  `80090308: LdapErr: DSID-0C09041C, comment: AcceptSecurityContext error, data ${code}, v4563`
const refusedWith = (diagnostic: string): Answer => ({
  result: ldapResult('invalidCredentials', diagnostic),
  controls: [],
})

describe('why a bind was refused', () => {
  test.each([
    ['525', 'unknownUser'],
    ['52e', 'wrongPassword'],
    ['530', 'notAtThisTime'],
    ['531', 'notFromThisComputer'],
    ['532', 'passwordExpired'],
    ['533', 'disabled'],
    ['701', 'accountExpired'],
    ['773', 'mustChangePassword'],
    ['775', 'lockedOut'],
  ])('data %s is %s', (code, reason) => {
    expect(refusalOf(refusedWith(said(code)), 'dc')).toMatchObject({ reason, logCode: `AD ${code}` })
  })

  test('no word a person reads holds a code, and none tells a name nobody has from a wrong password', () => {
    for (const { says } of activeDirectoryRefusals.values()) expect(says).not.toMatch(/\d/)
    const wordsOf = (code: string) => activeDirectoryRefusals.get(code)?.says

    expect(wordsOf('525')).toBe(wordsOf('52e'))
    expect(new Set([...activeDirectoryRefusals.values()].map(({ reason }) => reason)).size).toBe(
      activeDirectoryRefusals.size,
    )
    for (const { reason } of activeDirectoryRefusals.values()) expect(refusalWords).toContain(reason)
  })

  test('a code nobody knows is refused without a reason, and logged as it is', () => {
    expect(refusalOf(refusedWith(said('8007')), 'dc')).toMatchObject({ reason: 'refused', logCode: 'AD 8007' })
  })

  test('words that only look like a code are none', () => {
    for (const text of ['', 'data 533', 'Invalid credentials', 'no data 52e here', said('zz')]) {
      expect(activeDirectorySubCode(text), text).toBeUndefined()
      expect(refusalOf(refusedWith(text), 'dc')).toMatchObject({ reason: 'wrongPassword', logCode: 'LDAP 49' })
    }
  })

  test('a password policy that asks for a new password refuses, though the bind succeeded', () => {
    const answer = { result: ldapResult('success'), controls: [passwordPolicyError(2)] }

    expect(refusalOf(answer, 'ldap')).toMatchObject({ reason: 'mustChangePassword' })
    expect(refusalOf({ ...answer, controls: [] }, 'ldap')).toBeUndefined()
  })

  test('a policy control that says nothing changes nothing', () => {
    const silent = { oid: controlOids.passwordPolicy, isCritical: false, value: Buffer.from('3000', 'hex') }

    expect(refusalOf({ result: ldapResult('success'), controls: [silent] }, 'ldap')).toBeUndefined()
  })

  test('a server that did not look at the password is a failure, not a refusal', () => {
    for (const name of [
      'busy',
      'unavailable',
      'strongerAuthRequired',
      'confidentialityRequired',
      'referral',
    ] as const) {
      const answer = { result: ldapResult(name), controls: [] }
      expect(() => refusalOf(answer, 'dc'), name).toThrow(
        expect.objectContaining({ code: expect.stringMatching(/^DIRECTORY_/) }),
      )
    }
  })
})

test('every result code is a row of the table', () => {
  for (const code of [...Object.values(resultCodes), 999]) {
    expect(directoryFailure.is(failureOf({ ...ldapResult('success'), code }, 'dc'))).toBe(true)
  }
})
