import { generateKeyPairSync } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import { admissionListLayout, signedAdmissionLayout } from './admission.ts'
import {
  admissionParts,
  hopFailure,
  limits,
  openAdmission,
  randomId,
  rawPublicKey,
  signAdmission,
  signWith,
  type AdmissionEntry,
  type AdmissionList,
} from './index.ts'

const console_ = generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey
const sign = signWith(console_)
const channel = { relay: randomId(), consoles: [rawPublicKey(console_)] }
const entry = (): AdmissionEntry => ({
  role: 'connector',
  group: randomId(),
  instance: randomId(),
  publicKey: rawPublicKey(console_),
})
const list: AdmissionList = {
  relay: channel.relay,
  number: 7,
  issuedAt: new Date('2026-11-22T12:00:00Z'),
  entries: [entry(), entry()],
}

const codeOf = (open: () => unknown) => {
  try {
    open()
  } catch (error) {
    if (hopFailure.is(error)) return error.code
    throw error
  }
  return 'opened'
}

describe('the admission list', () => {
  test('opens to what was signed', async () => {
    expect(openAdmission(await signAdmission(list, sign), channel, 0)).toEqual(list)
  })

  test('with any byte changed is refused (PROTOCOL M-H17)', async () => {
    const signed = await signAdmission(list, sign)
    for (let at = 0; at < signed.length; at++) {
      const changed = Buffer.from(signed)
      changed[at] = (changed[at] ?? 0) ^ 1
      expect(['HOP_ADMISSION_BAD_SIGNATURE', 'HOP_ADMISSION_MALFORMED']).toContain(
        codeOf(() => openAdmission(changed, channel, 0)),
      )
    }
  })

  test('cut short anywhere is refused (PROTOCOL M-H17)', async () => {
    const signed = await signAdmission(list, sign)
    for (let length = 0; length < signed.length; length++) {
      expect(codeOf(() => openAdmission(signed.subarray(0, length), channel, 0))).toBe('HOP_ADMISSION_MALFORMED')
    }
  })

  test('signed by a key that is not in the secure-channel file is refused (PROTOCOL M-H17)', async () => {
    const stranger = signWith(generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey)
    const signed = await signAdmission(list, stranger)

    expect(codeOf(() => openAdmission(signed, channel, 0))).toBe('HOP_ADMISSION_BAD_SIGNATURE')
  })

  test('for another relay is refused (PROTOCOL M-H17)', async () => {
    const signed = await signAdmission({ ...list, relay: randomId() }, sign)

    expect(codeOf(() => openAdmission(signed, channel, 0))).toBe('HOP_ADMISSION_WRONG_RELAY')
  })

  test('with a number under the floor is refused (PROTOCOL M-H18)', async () => {
    const signed = await signAdmission(list, sign)

    expect(codeOf(() => openAdmission(signed, channel, 8))).toBe('HOP_ADMISSION_STALE')
    expect(codeOf(() => openAdmission(signed, channel, 7))).toBe('opened')
  })

  test('admits connectors only: a console or a guest in it makes it malformed (PROTOCOL M-H17)', async () => {
    for (const role of ['console', 'guest'] as const) {
      const entries = [{ ...entry(), role }] as unknown as readonly AdmissionEntry[]
      const signed = await signAdmission({ ...list, entries }, sign)

      expect(codeOf(() => openAdmission(signed, channel, 0))).toBe('HOP_ADMISSION_MALFORMED')
    }
  })

  test('of another version is refused', () => {
    const encoded = admissionListLayout.encode({ version: 2, ...list })
    const message = Buffer.concat([Buffer.from('sallygate admission v1\0'), encoded])
    const signed = signedAdmissionLayout.encode({ list: encoded, signature: sign(message) })

    expect(codeOf(() => openAdmission(signed, channel, 0))).toBe('HOP_ADMISSION_MALFORMED')
  })

  test('travels in parts that fit a frame and come to the same bytes', async () => {
    const one = entry()
    const signed = await signAdmission({ ...list, entries: Array.from({ length: 6000 }, () => one) }, sign)

    const parts = admissionParts(7, signed)

    expect(parts).toHaveLength(3)
    expect(parts.every(({ bytes }) => bytes.length <= limits.admissionPartBytes)).toBe(true)
    expect(Buffer.concat(parts.map(({ bytes }) => bytes)).equals(signed)).toBe(true)
  })

  test('of the largest size stays under the bound on its bytes', () => {
    const one = entry()
    const entries = Array.from({ length: limits.admissionEntries }, () => one)

    expect(admissionListLayout.encode({ version: 1, ...list, entries }).length).toBeLessThan(limits.admissionBytes)
  })
})
