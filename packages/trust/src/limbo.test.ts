import { describe, expect, test } from 'vitest'
import { readVectors, vectorsAbsence, vectorsDirectory } from '@sallygate/testkit/vectors'
import { parseCertificate, parseCertificatesPem, type Certificate } from './certificate.ts'
import { trustFailure } from './failures.ts'
import { accepted, refused } from './limbo-differences.ts'
import { findPath } from './path.ts'

interface LimboCase {
  readonly id: string
  readonly expected_result: 'SUCCESS' | 'FAILURE'
  readonly validation_kind: 'SERVER' | 'CLIENT'
  readonly validation_time: string | null
  readonly max_chain_depth: number | null
  readonly trusted_certs: readonly string[]
  readonly untrusted_intermediates: readonly string[]
  readonly peer_certificate: string
  readonly expected_peer_name: { readonly kind: string; readonly value: string } | null
}

const purposes = { SERVER: '1.3.6.1.5.5.7.3.1', CLIENT: '1.3.6.1.5.5.7.3.2' }
/** "Now" in the cases: they were made for it and end long after. */
const now = new Date('2026-11-22T12:00:00Z')

const isHere = vectorsDirectory() !== undefined
const cases = isHere ? readVectors<{ testcases: readonly LimboCase[] }>('x509-limbo/limbo.json').testcases : []
if (!isHere) console.info(`x509-limbo skipped: ${vectorsAbsence}`)

/** What cannot be parsed cannot be part of a path; a malformed leaf is refused outright. */
function readable(pems: readonly string[]): readonly Certificate[] {
  return pems.flatMap(parseCertificatesPem).flatMap((der) => {
    try {
      return [parseCertificate(der)]
    } catch (cause) {
      if (trustFailure.is(cause)) return []
      throw cause
    }
  })
}

function verdict(one: LimboCase): 'SUCCESS' | 'FAILURE' {
  try {
    const [leaf] = parseCertificatesPem(one.peer_certificate).map(parseCertificate)
    const path = findPath({
      leaf: leaf as Certificate,
      intermediates: readable(one.untrusted_intermediates),
      anchors: readable(one.trusted_certs),
      at: one.validation_time === null ? now : new Date(one.validation_time),
      purpose: purposes[one.validation_kind],
      allowsRsa: true,
      ...(one.max_chain_depth === null ? {} : { maxIntermediates: one.max_chain_depth }),
    })
    return path.length >= 2 ? 'SUCCESS' : 'FAILURE'
  } catch (cause) {
    if (trustFailure.is(cause)) return 'FAILURE'
    throw cause
  }
}

describe.skipIf(!isHere)('x509-limbo', () => {
  test.each(cases.map((one) => [one.id, one] as const))(
    '%s gets its verdict, or differs for a stated reason',
    (id, one) => {
      const expected = id in accepted ? 'SUCCESS' : id in refused ? 'FAILURE' : one.expected_result

      expect(verdict(one)).toBe(expected)
    },
  )

  test('every stated difference is one', () => {
    const results = new Map(cases.map((one) => [one.id, one.expected_result]))

    expect(Object.keys(accepted).filter((id) => results.get(id) !== 'FAILURE')).toEqual([])
    expect(Object.keys(refused).filter((id) => results.get(id) !== 'SUCCESS')).toEqual([])
    expect(results.size).toBe(208)
  })

  test.each(Object.keys(accepted).filter((id) => accepted[id] === 'serverName'))(
    '%s is refused by the TLS name check',
    (id) => {
      const one = cases.find((candidate) => candidate.id === id)
      const [leaf] = parseCertificatesPem(one?.peer_certificate ?? '').map(parseCertificate)
      const { kind, value } = one?.expected_peer_name ?? { kind: '', value: '' }

      const matched = kind === 'IP' ? leaf?.x509.checkIP(value) : leaf?.x509.checkHost(value, { subject: 'never' })

      expect(matched).toBeUndefined()
    },
  )
})
