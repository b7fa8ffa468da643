import type { PeerCertificate } from 'node:tls'
import { expect, test } from 'vitest'
import { certificateNames, chainOf } from './peer-chain.ts'

const now = new Date('2026-11-22T00:00:00Z')
const certificate = (name: string, issuer?: unknown) =>
  ({
    subject: { CN: name, O: 'Acme' },
    issuer: { CN: 'Root' },
    valid_to: 'Nov 25 00:00:00 2026 GMT',
    fingerprint256: `AA:${name}`,
    issuerCertificate: issuer,
  }) as unknown as PeerCertificate

test('a chain is told from the server up, and ends with the root that stands in its own issuer', () => {
  const root = certificate('Root') as PeerCertificate & { issuerCertificate: unknown }
  root.issuerCertificate = root

  expect(chainOf(certificate('dc1', certificate('Sub', root)), now)).toEqual([
    { subject: 'CN=dc1, O=Acme', issuer: 'CN=Root', thumbprint: 'AA:dc1', daysLeft: 3 },
    { subject: 'CN=Sub, O=Acme', issuer: 'CN=Root', thumbprint: 'AA:Sub', daysLeft: 3 },
    { subject: 'CN=Root, O=Acme', issuer: 'CN=Root', thumbprint: 'AA:Root', daysLeft: 3 },
  ])
})

test('what a stranger wrote is bounded, printable, and never a reason to fail', () => {
  const long = Array.from({ length: 40 }).reduce<unknown>((below, _, at) => certificate(`c${at}`, below), undefined)
  const odd = { ...certificate('a\u0007b\n'.repeat(200)), valid_to: 'never' } as PeerCertificate

  expect(chainOf(long as PeerCertificate, now)).toHaveLength(8)
  expect(chainOf(odd, now)).toEqual([expect.not.objectContaining({ daysLeft: expect.anything() })])
  expect(chainOf(odd, now)[0]?.subject).toMatch(/^[\u0020-\u007e]{300}$/)
  expect(chainOf({} as PeerCertificate, now)).toEqual([])
})

test('the names a certificate is made out to are those of its alternative names, else its common name', () => {
  const named = (more: object) => certificateNames(more as PeerCertificate)

  expect(named({ subjectaltname: 'DNS:dc1, DNS:dc2', subject: { CN: 'old' } })).toBe('DNS:dc1, DNS:dc2')
  expect(named({ subject: { CN: ['dc1', 'dc2'] } })).toBe('dc1, dc2')
  expect([named({}), certificateNames(undefined)]).toEqual(['', ''])
  expect(named({ subjectaltname: '\u001b'.repeat(5000) })).toBe('?'.repeat(300))
})
