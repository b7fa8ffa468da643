import { Failure } from '@sallygate/base/failure'
import { expect, test } from 'vitest'
import { connectionFailures } from './connection-failures.ts'

const row = { says: 'No.', fix: 'Look.', retry: 'later' } as const
const make = (key: string, options: object) => new Failure(`TEST_${key}`, row, options)

test('each kind of problem has its row, and what was shown is in the details under the name of the service', () => {
  const { tlsFailure } = connectionFailures(make, {
    notPinned: 'OTHER',
    refusedByServer: 'OURS',
    thumbprintAs: 'sha256',
  })
  const codeOf = (kind: Parameters<typeof tlsFailure>[0]['kind']) => tlsFailure({ kind, details: {} }).code

  expect(
    (['wrongName', 'expired', 'untrusted', 'notPinned', 'refusedByServer', 'failed'] as const).map(codeOf),
  ).toEqual([
    'TEST_TLS_WRONG_NAME',
    'TEST_TLS_EXPIRED',
    'TEST_TLS_UNTRUSTED',
    'TEST_OTHER',
    'TEST_OURS',
    'TEST_TLS_FAILED',
  ])
  expect(tlsFailure({ kind: 'notPinned', details: { asked: 'a' }, thumbprint: 'ab' }).details).toEqual({
    asked: 'a',
    sha256: 'ab',
  })
})

test('who shows no certificate is refused none: no encryption came about', () => {
  const cause = new Error('alert')
  const { tlsFailure, unreachable } = connectionFailures(make, { notPinned: 'OTHER' })

  expect(tlsFailure({ kind: 'refusedByServer', details: {}, cause })).toMatchObject({ code: 'TEST_TLS_FAILED', cause })
  expect(unreachable({ details: { address: 'a:1' } })).toMatchObject({
    code: 'TEST_UNREACHABLE',
    details: { address: 'a:1' },
  })
})
