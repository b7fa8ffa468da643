import { randomBytes } from '@sallygate/base/bytes'
import { expect, test } from 'vitest'
import {
  decodeRenewal,
  decodeRenewalAnswer,
  decodeReport,
  decodeReportAnswer,
  encodeRenewal,
  encodeRenewalAnswer,
  encodeReport,
  encodeReportAnswer,
  type Report,
  type ReportAnswer,
} from './session-report.ts'

const at = new Date('2026-11-22T12:00:00Z')
const nonce = randomBytes(16).toString('hex')
const answer: ReportAnswer = {
  bootNonce: nonce,
  consoleTime: at,
  settingsGeneration: 3,
  trustSet: Buffer.from('a set'),
  sayHello: false,
  auditHead: Buffer.from('a head'),
}

test('a report comes back as it was written', () => {
  const report: Report = {
    bootNonce: nonce,
    trustSetNumber: 7,
    policyDigest: 'ab'.repeat(32),
    inFlight: 2,
    services: [
      { service: 'directory', contractVersion: 1, generation: 4, state: 'degraded', code: 'X', reason: 'r', fix: 'f' },
    ],
    events: [{ at, kind: 'policyChanged', detail: 'from 1 to 2' }],
  }

  const read = decodeReport(encodeReport(report))

  expect(read).toEqual(report)
})

test('an answer to a report or a renewal of an earlier process is refused', () => {
  const other = randomBytes(16).toString('hex')
  const renewal = { bootNonce: nonce, certificate: Buffer.from('c'), groupAuthority: Buffer.from('a') }

  const readings = [
    () => decodeReportAnswer(encodeReportAnswer(answer), other),
    () => decodeRenewalAnswer(encodeRenewalAnswer(renewal), other),
  ]

  for (const read of readings) expect(read).toThrow(expect.objectContaining({ code: 'ENVELOPE_STALE_SESSION' }))
  expect(decodeReportAnswer(encodeReportAnswer(answer), nonce)).toEqual(answer)
})

test('a certificate request in a renewal has a bound', () => {
  const renewal = { bootNonce: nonce, certificateRequest: Buffer.alloc(4097) }

  expect(() => encodeRenewal(renewal)).toThrow(expect.objectContaining({ code: 'BASE_TOO_LARGE' }))
  expect(() => decodeRenewal(Buffer.alloc(3))).toThrow(expect.objectContaining({ code: 'BASE_MALFORMED' }))
})
