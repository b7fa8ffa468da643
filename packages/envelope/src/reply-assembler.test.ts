/**
 * Chunks of a reply in any order and number, and within bounds.
 *
 * @module
 */
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { equalBytes, randomBytes } from '@sallygate/base/bytes'
import { flipBit } from '@sallygate/testkit/hostile-pipe'
import { MAX_CHUNK_PAYLOAD, MAX_CHUNKS, MAX_REPLY, SMALLEST_PART } from './limits.ts'
import { ReplyAssembler, type ReplyProgress } from './reply-assembler.ts'
import { REPLY_OVERHEAD, replyHeader, type ReplyStatement } from './reply-layout.ts'
import { forgeReply } from './testing/forge.ts'
import { attempt, code, connector, exchange, senders, statementFor } from './testing/exchange.ts'

test('PROTOCOL M-E24: a reply comes back whole, in chunks of fresh salts', () => {
  const { pending, writer } = exchange()
  const payload = randomBytes(2 * MAX_CHUNK_PAYLOAD + 1)
  const assembler = new ReplyAssembler(pending, senders)

  const progress = [writer.accepted(7), ...writer.finish('done', payload, 8)].map((cargo) => ({
    salt: replyHeader.decode(cargo.subarray(0, 39)).salt,
    ...assembler.take(cargo),
  }))

  expect(progress.map(({ kind }) => kind)).toEqual(['accepted', 'waiting', 'waiting', 'complete'])
  expect(progress.at(0)).toMatchObject({ journalPosition: 7 })
  expect(progress.at(-1)).toMatchObject({ outcome: 'done', journalPosition: 8, payload })
  expect(new Set(progress.map(({ salt }) => salt)).size).toBe(4)
})

test('a slow line gets small chunks, as long as their numbers last', () => {
  const sizes = (length: number): readonly number[] => {
    const { pending, writer } = exchange()
    const payload = randomBytes(length)
    const assembler = new ReplyAssembler(pending, senders)
    const parts = writer.inParts('done', payload)
    const cargos: Buffer[] = []
    for (let cargo = parts.next(0); cargo !== undefined; cargo = parts.next(0)) cargos.push(cargo)
    const last = cargos.map((cargo) => assembler.take(cargo)).at(-1)
    expect(last?.kind === 'complete' && equalBytes(last.payload, payload)).toBe(true)
    return cargos.map((cargo) => cargo.length - REPLY_OVERHEAD)
  }

  expect(new Set(sizes(10 * SMALLEST_PART))).toEqual(new Set([4096]))
  const large = sizes(MAX_REPLY)
  expect(large.length).toBeLessThanOrEqual(MAX_CHUNKS)
  expect([...new Set(large)]).toEqual([16_384, 4096])
})

test('PROTOCOL M-E26: chunks may come in any order and number; the result is the same', () => {
  const lengths = fc.integer({ min: 0, max: 5 * MAX_CHUNK_PAYLOAD })
  const law = fc.property(lengths, fc.boolean(), fc.infiniteStream(fc.nat()), (length, accepts, picks) => {
    const { pending, writer } = exchange()
    const payload = Buffer.alloc(length, 'Sallygate')
    const cargos = [...(accepts ? [writer.accepted()] : []), ...writer.finish('failed', payload)]
    const assembler = new ReplyAssembler(pending, senders)
    const waiting = new Set(cargos.keys())
    let result: ReplyProgress = { kind: 'waiting' }

    while (waiting.size > 0) {
      const pick = picks.next().value % cargos.length
      const progress = assembler.take(cargos[pick] as Buffer)
      expect(progress.kind === 'duplicate').toBe(!waiting.delete(pick))
      if (progress.kind !== 'duplicate') result = progress
    }

    expect(result.kind).toBe('complete')
    if (result.kind === 'complete') expect(equalBytes(result.payload, payload)).toBe(true)
  })

  fc.assert(law, { numRuns: 15 })
})

describe('TC3, PROTOCOL M-E27: a reply has bounds', () => {
  test('the caller states how large it may be', () => {
    const { pending, writer } = exchange()
    const assembler = new ReplyAssembler(pending, senders, { maxBytes: MAX_CHUNK_PAYLOAD + 10 })
    const [first, second] = writer.finish('done', Buffer.alloc(MAX_CHUNK_PAYLOAD + 11)) as [Buffer, Buffer]

    expect(attempt(() => assembler.take(first))).toBe('waiting')
    expect(attempt(() => assembler.take(second))).toBe('ENVELOPE_REPLY_TOO_LARGE')
  })

  test('a flood of chunks, empty or not, ends', () => {
    const { opened, pending } = exchange()
    const assembler = new ReplyAssembler(pending, senders)
    const chunk = MAX_CHUNKS
    const statement = statementFor(opened, { chunk, isLast: false, payload: Buffer.alloc(0) })
    const cargo = forgeReply({ statement, secret: pending.secret, privateKey: connector.signer.privateKey })

    expect(attempt(() => assembler.take(cargo))).toBe('ENVELOPE_REPLY_TOO_LARGE')
  })

  test('a connector cannot even write more chunks than there may be', () => {
    const { writer } = exchange()
    const payload = { length: MAX_CHUNKS * MAX_CHUNK_PAYLOAD + 1, subarray: () => Buffer.alloc(0) } as unknown as Buffer

    expect(() => writer.finish('done', payload)).toThrow(code('TOO_LARGE'))
  })
})

describe('PROTOCOL M-E28: parts that contradict each other end a reply', () => {
  type Part = Partial<ReplyStatement>
  const contradictions: [string, Part, Part][] = [
    ['one number twice, with other words', { isLast: false }, { isLast: false, payload: Buffer.from('other') }],
    ['one number twice, with another outcome', { isLast: false }, { isLast: false, outcome: 'failed' }],
    ['two last chunks', { chunk: 1 }, { chunk: 0 }],
    ['a chunk after the last', { chunk: 1 }, { chunk: 2, isLast: false }],
    ['a last chunk before one that is here', { chunk: 2, isLast: false }, { chunk: 1 }],
    ['two outcomes', { chunk: 1, outcome: 'failed', isLast: false }, { chunk: 0, isLast: false }],
    ['accepted as the last word', { chunk: 1, isLast: false }, { chunk: 2, outcome: 'accepted' }],
    ['accepted with a result', { chunk: 1, isLast: false }, { chunk: 0, outcome: 'accepted', isLast: false }],
  ]

  test.each(contradictions)('%s', (_, first, second) => {
    const { opened, pending } = exchange()
    const assembler = new ReplyAssembler(pending, senders)
    const [a, b] = [first, second].map((part) =>
      forgeReply({
        statement: statementFor(opened, part),
        secret: pending.secret,
        privateKey: connector.signer.privateKey,
      }),
    ) as [Buffer, Buffer]

    expect(attempt(() => assembler.take(a))).toBe('waiting')
    expect(attempt(() => assembler.take(b))).toBe('ENVELOPE_REPLY_CONFLICT')
    expect(attempt(() => assembler.take(a))).toBe('ENVELOPE_REPLY_CONFLICT')
  })

  test('a failure to open changes nothing: the genuine chunk still completes the reply', () => {
    const { pending, writer } = exchange()
    const assembler = new ReplyAssembler(pending, senders)
    const [cargo] = writer.finish('done', Buffer.from('{}')) as [Buffer]

    expect(attempt(() => assembler.take(flipBit(cargo, 5000)))).toBe('ENVELOPE_CANNOT_OPEN')
    expect(attempt(() => assembler.take(cargo))).toBe('complete')
  })

  test('nothing follows the last chunk', () => {
    const { writer } = exchange()
    writer.finish('notStarted', Buffer.from('{}'))

    expect(() => writer.accepted()).toThrow('finished')
  })
})
