/**
 * Lengths, padding, and what a size tells.
 *
 * @module
 */
import { describe, expect, test } from 'vitest'
import { concat, randomBytes } from '@sallygate/base/bytes'
import { HostilePipe, overwrite } from '@sallygate/testkit/hostile-pipe'
import { BUCKETS, MAX_PARAMETERS } from './limits.ts'
import { REQUEST_HEADER_LENGTH, REQUEST_OVERHEAD } from './request-layout.ts'
import { cannotOpen, connector, console_, forge, refusalOf, sealed } from './testing/forger.ts'

describe('T42, PROTOCOL M-E3: a cargo has one length and one padding', () => {
  const { cargo } = sealed
  const shapes: Record<string, Buffer> = {
    'nothing at all': Buffer.alloc(0),
    'one byte': cargo.subarray(0, 1),
    'a header alone': cargo.subarray(0, REQUEST_HEADER_LENGTH),
    'one byte less': cargo.subarray(0, -1),
    'one byte more': concat(cargo, Buffer.alloc(1)),
    'a request twice': concat(cargo, cargo),
    'zeros up to the next bucket': concat(cargo, Buffer.alloc(4096 - 1024)),
    'a cargo larger than any bucket': Buffer.alloc(1024 * 1024, cargo),
    'random bytes of a right length': randomBytes(cargo.length),
  }

  test.each(Object.entries(shapes))('%s is refused', (_, shape) => {
    expect(refusalOf(shape)).toEqual(cannotOpen)
  })

  test('a larger bucket than the body needs is refused, though its signature is right', () => {
    const padded = (body: Buffer) => concat(body, Buffer.alloc(4096 - body.length))

    expect(refusalOf(forge({ padded }))).toEqual(cannotOpen)
  })

  test('padding that is not zero is refused, though its signature is right', () => {
    const padded = (body: Buffer) => concat(body, Buffer.alloc(1023 - body.length), Buffer.from('x'))

    expect(refusalOf(forge({ padded }))).toEqual(cannotOpen)
  })

  test('PROTOCOL M-E2: a length field of 1 GiB allocates nothing', () => {
    const gigabyte = Buffer.from('40000000', 'hex')
    const parametersLength = console_.draft().parameters.length
    const beforeSigning = (right: Buffer) => overwrite(right, right.length - parametersLength - 4, gigabyte)
    const forged = forge({ beforeSigning })
    const before = process.memoryUsage().arrayBuffers

    expect(refusalOf(forged)).toEqual(cannotOpen)
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(10_000_000)
  })
})

test('P15, PROTOCOL M-E3: the relay sees one of five sizes, and no word of what is inside', () => {
  const pipe = new HostilePipe<string>(() => undefined)
  const sizes = [0, 1, 700, 3000, 15_000, 60_000, MAX_PARAMETERS]

  for (const size of sizes) {
    const { cargo } = console_.seal(connector.recipient, { parameters: Buffer.alloc(size, 'canary') })
    expect(cargo.includes('canary')).toBe(false)
    expect(cargo.includes('directory.search')).toBe(false)
    pipe.send('connector', cargo)
  }

  const lengths = pipe.view.map(({ length }) => length - REQUEST_OVERHEAD)
  expect(lengths.every((length) => (BUCKETS as readonly number[]).includes(length))).toBe(true)
  expect(new Set(lengths).size).toBe(5)
})

test('one byte more than the parameters may have is refused before anything is sealed', () => {
  const seal = () => console_.seal(connector.recipient, { parameters: Buffer.alloc(MAX_PARAMETERS + 1) })

  expect(seal).toThrow(expect.objectContaining({ code: 'BASE_TOO_LARGE' }))
})
