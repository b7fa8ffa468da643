import type { PeerCertificate } from 'node:tls'
import { expect, test } from 'vitest'
import { certificateProblem, handshakeProblem, pinProblem } from './tls-problem.ts'

const shown = {
  subjectaltname: 'DNS:mail.test',
  subject: { CN: 'mail.test' },
  issuer: { CN: 'Lab' },
  valid_to: 'Jan  1 00:00:00 2020 GMT',
  fingerprint256: 'AB:CD',
} as unknown as PeerCertificate

test.each([
  ['ERR_TLS_CERT_ALTNAME_INVALID', 'wrongName'],
  ['CERT_HAS_EXPIRED', 'expired'],
  ['CERT_NOT_YET_VALID', 'expired'],
  ['SELF_SIGNED_CERT_IN_CHAIN', 'untrusted'],
  ['something new', 'failed'],
])('%s is of the kind %s, with the names and dates that tell why', (reason, kind) => {
  const details = { asked: 'dc1.test', names: 'DNS:mail.test', issuer: 'Lab', notAfter: shown.valid_to, reason }

  for (const said of [reason, Object.assign(new Error('x'), { code: reason })])
    expect(certificateProblem(said, 'dc1.test', shown)).toEqual({ kind, details, thumbprint: 'abcd' })
})

test('what a stranger wrote into a certificate is bounded, visible text', () => {
  const hostile = {
    ...shown,
    subjectaltname: `DNS:\u001b[2J${'x'.repeat(9999)}`,
    issuer: { CN: ['a', 'b'.repeat(9999)] },
  } as unknown as PeerCertificate

  const { details } = certificateProblem(undefined, 'dc1.test', hostile)

  expect(details).toMatchObject({ reason: 'unknown', names: expect.stringMatching(/^DNS:\?\[2Jx{292}$/) })
  expect(String(details['issuer'])).toHaveLength(200)
})

test('a certificate without any names, issuer and print is still told of', () => {
  expect(pinProblem('dc1.test', {} as PeerCertificate)).toEqual({
    kind: 'notPinned',
    details: { asked: 'dc1.test', names: '' },
    thumbprint: '',
  })
})

test.each([
  ['ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED', 'refusedByServer'],
  ['ERR_SSL_SSLV3_ALERT_BAD_CERTIFICATE', 'refusedByServer'],
  ['ERR_SSL_TLSV1_ALERT_UNKNOWN_CA', 'refusedByServer'],
  ['ERR_SSL_TLSV1_ALERT_PROTOCOL_VERSION', 'failed'],
  ['ERR_SSL_WRONG_VERSION_NUMBER', 'failed'],
  ['ECONNRESET', 'failed'],
])('a handshake that ended with %s: %s', (code, kind) => {
  const cause = Object.assign(new Error('x'), { code })

  expect(handshakeProblem(cause, 'dc1.test')).toEqual({ kind, cause, details: { name: 'dc1.test', reason: code } })
})
