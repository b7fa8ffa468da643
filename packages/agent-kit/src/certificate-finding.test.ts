import type { PeerCertificate } from 'node:tls'
import { expect, test } from 'vitest'
import { certificateFinding } from './certificate-finding.ts'
import type { Secured } from './secure.ts'

const dayMs = 86_400_000
const end = new Date('2027-01-31T12:00:00Z')
const advice = { renew: 'Renew it.', verify: 'Verify it.' }
const secured = (isVerified = true, more: object = {}) =>
  ({
    protocol: 'TLSv1.3',
    isVerified,
    certificate: {
      subject: { CN: 'mail.test' },
      issuer: { O: 'Lab' },
      valid_to: end.toUTCString(),
      fingerprint256: 'AB',
      ...more,
    } as unknown as PeerCertificate,
  }) as Secured

test('two weeks before its end a certificate deserves a word, and not before', () => {
  const at = (days: number) => certificateFinding(secured(), { ...advice, now: new Date(end.getTime() - days * dayMs) })

  expect(at(15)).toMatchObject({
    result: 'ok',
    says: 'TLSv1.3, made out to mail.test, issued by Lab, 15 days left.',
    fix: '',
    chain: [{ subject: 'CN=mail.test', daysLeft: 15 }],
  })
  expect(at(14)).toMatchObject({ result: 'warning', fix: 'Renew it.' })
})

test('one that nobody verified is a warning however long it lasts', () => {
  const now = new Date(end.getTime() - 300 * dayMs)

  expect(certificateFinding(secured(false), { ...advice, now })).toMatchObject({
    result: 'warning',
    says: expect.stringContaining('anybody could be at the other end'),
    fix: 'Verify it.',
  })
})

test('whatever it holds, the row fits', () => {
  const hostile = { issuer: { CN: ['x'.repeat(5000), 'y'] }, subjectaltname: '\u0007'.repeat(5000), valid_to: 'never' }

  const finding = certificateFinding(secured(true, hostile), { ...advice, now: end })

  expect(finding).toMatchObject({ result: 'warning', says: expect.not.stringContaining('\u0007') })
  expect((finding as { says: string }).says.length).toBeLessThan(700)
})
