import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { anyFrame, anyFrameNamed, frameNames, senderOf } from './arbitrary.ts'
import { decodeFrame, encodeFrame, frameTable, hopFailure, limits, type Frame } from './index.ts'

const decodeAny = (bytes: Uint8Array, sender: 'peer' | 'relay') => decodeFrame(bytes, sender as 'peer') as Frame

describe('frames', () => {
  test.each(frameNames)('decoding undoes encoding: %s', (name) => {
    fc.assert(
      fc.property(anyFrameNamed(name), (frame) => {
        expect(decodeAny(encodeFrame(frame), senderOf(name))).toEqual(frame)
      }),
      { numRuns: 50 },
    )
  })

  test('a frame has one encoding: what decodes encodes to the same bytes (PROTOCOL M-H2)', () => {
    fc.assert(
      fc.property(anyFrame, fc.nat(), fc.integer({ min: 1, max: 255 }), (frame, at, flip) => {
        const bytes = encodeFrame(frame)
        const index = at % bytes.length
        bytes[index] = (bytes[index] ?? 0) ^ flip

        let decoded: Frame | undefined
        try {
          decoded = decodeAny(bytes, senderOf(frame.type))
        } catch (error) {
          expect(hopFailure.is(error)).toBe(true)
        }

        if (decoded !== undefined) expect(encodeFrame(decoded).equals(bytes)).toBe(true)
      }),
      { numRuns: 500 },
    )
  })

  test('every proper prefix of a frame, and every frame with a byte more, is a bad frame (PROTOCOL M-H3)', () => {
    fc.assert(
      fc.property(anyFrame, fc.nat(), (frame, cut) => {
        const bytes = encodeFrame(frame)

        expect(() => decodeAny(bytes.subarray(0, cut % bytes.length), senderOf(frame.type))).toThrow(hopFailureMatcher)
        expect(() => decodeAny(Buffer.concat([bytes, Buffer.alloc(1)]), senderOf(frame.type))).toThrow(
          hopFailureMatcher,
        )
      }),
      { numRuns: 200 },
    )
  })

  test('garbage ends in HOP_BAD_FRAME or in a frame, never in anything else (PROTOCOL M-H3)', () => {
    const codes = Object.values(frameTable).map(({ code }) => code)
    const garbage = fc.tuple(fc.constantFrom(...codes, 0, 0x7f, 0xff), fc.uint8Array({ maxLength: 400 }))
    fc.assert(
      fc.property(garbage, fc.constantFrom('peer' as const, 'relay' as const), ([code, rest], sender) => {
        try {
          decodeAny(Buffer.from([code, ...rest]), sender)
        } catch (error) {
          if (!hopFailure.is(error)) throw error
        }
      }),
      { numRuns: 2000 },
    )
    expect(() => decodeAny(new Uint8Array(), 'peer')).toThrow(hopFailureMatcher)
  })

  test('a list that promises more entries than there are bytes is refused without making room for them', () => {
    const bytes = Buffer.concat([Buffer.from([frameTable.roster.code, 0x40, 0x00]), Buffer.alloc(1000)])
    const before = process.memoryUsage().heapUsed

    for (let round = 0; round < 100; round++) expect(() => decodeAny(bytes, 'relay')).toThrow(hopFailureMatcher)

    expect(process.memoryUsage().heapUsed - before).toBeLessThan(32 * 1024 * 1024)
  })

  test('a frame from the side that never sends it is a bad frame (PROTOCOL M-H4)', () => {
    for (const name of frameNames) {
      const { from } = frameTable[name]
      if (from === 'both') continue
      const [frame] = fc.sample(anyFrameNamed(name), 1)
      const wrongSide = from === 'relay' ? 'peer' : 'relay'

      expect(() => decodeAny(encodeFrame(frame as Frame), wrongSide)).toThrow(hopFailureMatcher)
    }
  })

  test('a cargo above its limit cannot be encoded and is not decoded', () => {
    const [frame] = fc.sample(anyFrameNamed('cargo'), 1) as [Extract<Frame, { type: 'cargo' }>]
    const whole = { ...frame, cargo: Buffer.alloc(limits.cargoBytes) }
    const over = { ...frame, cargo: Buffer.alloc(limits.cargoBytes + 1) }

    expect(encodeFrame(whole).length).toBeLessThan(limits.messageBytes)
    expect(() => encodeFrame(over)).toThrow('larger')
  })

  test('the largest frames stay under one message (PROTOCOL M-H1)', () => {
    const entry = fc.sample(anyFrameNamed('rosterChange'), 1)[0] as Extract<Frame, { type: 'rosterChange' }>
    const roster = encodeFrame({
      type: 'roster',
      entries: Array.from({ length: limits.rosterEntries }, () => entry.entry),
    })
    const admit = encodeFrame({
      type: 'admit',
      number: 1,
      part: 0,
      parts: 1,
      bytes: Buffer.alloc(limits.admissionPartBytes),
    })

    expect(roster.length).toBeLessThan(limits.messageBytes)
    expect(admit.length).toBeLessThan(limits.messageBytes)
  })
})

const hopFailureMatcher = expect.objectContaining({ code: 'HOP_BAD_FRAME' }) as unknown as Error
