import fc from 'fast-check'
import { expect, test } from 'vitest'
import { anyFrameNamed } from './arbitrary.ts'
import {
  cargoFrameOverhead,
  cargoLength,
  cargoShape,
  decodeFrame,
  encodeFrame,
  hopFailure,
  isCargoFrame,
  limits,
  receiverRole,
  routeKey,
  routeOf,
  stampSender,
  stampTtl,
  tokenOf,
  ttlOf,
  type Address,
  type FrameNamed,
} from './index.ts'

type Cargo = FrameNamed<'cargo'>
const anyCargo = anyFrameNamed('cargo') as fc.Arbitrary<Cargo>

test('what the relay reads in place is what the codec reads', () => {
  fc.assert(
    fc.property(anyCargo, (frame) => {
      const bytes = encodeFrame(frame)

      expect(isCargoFrame(bytes)).toBe(true)
      expect(cargoShape(bytes)).toBe('whole')
      expect(routeOf(bytes)).toBe(routeKey(frame.to))
      expect(receiverRole(bytes)).toBe(frame.to.role)
      expect(tokenOf(bytes)).toBe(frame.token)
      expect(ttlOf(bytes)).toBe(frame.ttlMs)
      expect(cargoLength(bytes)).toBe(frame.cargo.length)
      expect(bytes.length).toBe(cargoFrameOverhead + frame.cargo.length)
    }),
  )
})

test('stamping changes the sender and the time to live and no other byte (PROTOCOL M-H14)', () => {
  fc.assert(
    fc.property(anyCargo, anyCargo, fc.integer({ min: 0, max: 0xffff_ffff }), (frame, other, ttlMs) => {
      const bytes = encodeFrame(frame)

      stampSender(bytes, Buffer.from(routeKey(other.from), 'latin1'))
      stampTtl(bytes, ttlMs)

      expect(decodeFrame(bytes, 'relay')).toEqual({ ...frame, from: other.from, ttlMs })
    }),
  )
})

test('a frame is whole in place exactly when it decodes', () => {
  fc.assert(
    fc.property(anyCargo, fc.nat(), fc.integer({ min: 1, max: 255 }), (frame, at, flip) => {
      const bytes = encodeFrame(frame)
      const index = 1 + (at % (cargoFrameOverhead - 1))
      bytes[index] = (bytes[index] ?? 0) ^ flip

      let decodes = true
      try {
        decodeFrame(bytes, 'peer')
      } catch (error) {
        expect(hopFailure.is(error)).toBe(true)
        decodes = false
      }

      expect(cargoShape(bytes) === 'whole').toBe(decodes)
    }),
    { numRuns: 1000 },
  )
})

test('a cargo one byte too large is told apart from one that is broken', () => {
  const address: Address = { role: 'console', group: '00'.repeat(16), instance: '00'.repeat(16) }
  const frame = { type: 'cargo', to: address, from: address, token: '00'.repeat(8), ttlMs: 1 } as const
  const whole = encodeFrame({ ...frame, cargo: Buffer.alloc(limits.cargoBytes) })
  const over = Buffer.concat([whole, Buffer.alloc(1)])
  over.writeUInt32BE(limits.cargoBytes + 1, cargoFrameOverhead - 4)

  expect(cargoShape(whole)).toBe('whole')
  expect(cargoShape(over)).toBe('tooLarge')
  expect(cargoShape(over.subarray(0, -1))).toBe('malformed')
  expect(cargoShape(Buffer.alloc(10))).toBe('malformed')
})
