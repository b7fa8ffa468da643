import { expect, test } from 'vitest'
import { certificateVerdict } from './certificate-verdict.ts'

test.each([
  ['ERR_TLS_CERT_ALTNAME_INVALID', 'wrongName'],
  ['CERT_NOT_YET_VALID', 'expired'],
  ['UNABLE_TO_VERIFY_LEAF_SIGNATURE', 'untrusted'],
  ['CERT_REVOKED', 'untrusted'],
])('%s is %s', (code, verdict) => {
  expect(certificateVerdict(code)).toBe(verdict)
})

test('what is about no certificate has no verdict, whatever it is called', () => {
  for (const code of ['ECONNRESET', 'unknown', '', 'constructor', 'ERR_SSL_WRONG_VERSION_NUMBER'])
    expect(certificateVerdict(code)).toBeUndefined()
})
