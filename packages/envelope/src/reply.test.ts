/**
 * A reply is bound to one request and one instance.
 *
 * @module
 */
import { describe, expect, test } from 'vitest'
import { concat, randomBytes } from '@sallygate/base/bytes'
import { makeSigner } from '@sallygate/testkit/envelope-ends'
import { flipBit, HostilePipe } from '@sallygate/testkit/hostile-pipe'
import { makeId, type InstanceId } from '@sallygate/trust'
import { ReplyAssembler } from './reply-assembler.ts'
import { REPLY_OVERHEAD, type ReplyStatement } from './reply-layout.ts'
import { openReplyChunk, ReplyWriter, requestIdOfReply } from './reply.ts'
import { forgeReply, type ReplyForgery } from './testing/forge.ts'
import { attempt, code, connector, exchange, senders, statementFor } from './testing/exchange.ts'

test('T33, P2: no bit of a reply can be flipped', () => {
  const { pending, writer } = exchange()
  const [cargo = Buffer.alloc(0)] = writer.finish('done', Buffer.from('{"entries":[]}'))
  expect(cargo).toHaveLength(1024 + REPLY_OVERHEAD)
  const assembler = new ReplyAssembler(pending, senders)
  const verdicts = new Map<string, number>()
  const pipe = new HostilePipe((_, altered) => {
    const verdict = attempt(() => assembler.take(altered))
    verdicts.set(verdict, (verdicts.get(verdict) ?? 0) + 1)
  })
  pipe.send('console', cargo)

  for (let bit = 0; bit < cargo.length * 8; bit++) pipe.alter(0, (bytes) => flipBit(bytes, bit))

  expect([...verdicts]).toEqual([['ENVELOPE_CANNOT_OPEN', cargo.length * 8]])
  expect(assembler.take(cargo).kind).toBe('complete')
}, 60_000)

describe('T39, P6, PROTOCOL M-E25: a reply answers exactly one request', () => {
  test('replies of two concurrent requests, exchanged, are both refused', () => {
    const [first, second] = [exchange(), exchange()]
    const verdicts: string[] = []
    const ends = { first, second }
    const pipe = new HostilePipe<'first' | 'second'>((to, cargo) => {
      verdicts.push(attempt(() => new ReplyAssembler(ends[to].pending, senders).take(cargo)))
    })
    pipe.send('first', first.writer.finish('done', Buffer.from('1'))[0] as Buffer)
    pipe.send('second', second.writer.finish('done', Buffer.from('2'))[0] as Buffer)

    pipe.swap(0, 1)
    pipe.deliver(0, 1)

    expect(verdicts).toEqual(['ENVELOPE_CANNOT_OPEN', 'ENVELOPE_CANNOT_OPEN', 'complete', 'complete'])
  })

  test('also when the request id in clear is made to fit', () => {
    const [first, second] = [exchange(), exchange()]
    const cargo = first.writer.finish('done', Buffer.from('1'))[0] as Buffer
    const renamed = concat(cargo.subarray(0, 3), Buffer.from(second.sealed.requestId, 'hex'), cargo.subarray(19))

    expect(requestIdOfReply(renamed)).toBe(second.sealed.requestId)
    expect(() => openReplyChunk(renamed, second.pending, senders)).toThrow(code('CANNOT_OPEN'))
  })

  test('the request, echoed, is not a reply', () => {
    const { sealed, pending } = exchange()

    expect(() => openReplyChunk(sealed.cargo, pending, senders)).toThrow(code('CANNOT_OPEN'))
    expect(requestIdOfReply(sealed.cargo)).toBeUndefined()
  })

  test.each<[string, Partial<ReplyStatement>]>([
    ['direction', { direction: 'consoleToConnector' }],
    ['group', { group: makeId() }],
    ['sender', { sender: makeId<InstanceId>() }],
    ['requestId', { requestId: '00'.repeat(16) }],
    ['requestDigest', { requestDigest: '00'.repeat(32) }],
    ['chunk', { chunk: 1 }],
  ])('TC3: a genuine signature over another %s is refused', (field, change) => {
    const { opened, pending } = exchange()
    const { requestId } = opened.request
    const cargo = forgeReply({
      statement: statementFor(opened, change),
      secret: pending.secret,
      privateKey: connector.signer.privateKey,
      header: { requestId, chunk: 0 },
    })

    expect(() => openReplyChunk(cargo, pending, senders)).toThrow(
      expect.objectContaining({ code: 'ENVELOPE_REPLY_MISMATCH', details: { field } }),
    )
  })

  test('TC3: an instance that was not asked cannot answer, even knowing the key', () => {
    const { opened, pending } = exchange()
    const sibling = makeSigner()
    const writer = new ReplyWriter(opened, { endpoint: connector.instance, signer: sibling, clock: connector.clock })

    expect(() => openReplyChunk(writer.accepted(), pending, senders)).toThrow(code('CANNOT_OPEN'))
  })
})

test('PROTOCOL M-E11: replies that cannot be opened all fail alike', () => {
  const { opened, pending } = exchange()
  const statement = statementFor(opened)
  const right = { statement, secret: pending.secret, privateKey: connector.signer.privateKey }
  const wrong: Partial<ReplyForgery>[] = [
    { header: { version: 2 } },
    { header: { suite: 2 } },
    { header: { kind: 1 } },
    { secret: randomBytes(32) },
    { label: 'request' },
    { signature: () => Buffer.alloc(0) },
    { path: [Buffer.alloc(32)] },
    { privateKey: makeSigner().privateKey },
    { padded: (body) => concat(body, Buffer.alloc(4096 - body.length)) },
    { signedHeader: Buffer.alloc(39) },
  ]

  const failures = wrong.map((change) => {
    try {
      return openReplyChunk(forgeReply({ ...right, ...change }), pending, senders)
    } catch (error) {
      const failure = error as Error
      return {
        ...Object.fromEntries(Object.entries(failure)),
        message: failure.message,
        stack: failure.stack,
        cause: failure.cause,
      }
    }
  })

  for (const failure of failures) expect(failure).toStrictEqual(failures[0])
  expect(failures[0]).toMatchObject({ code: 'ENVELOPE_CANNOT_OPEN' })
  expect(openReplyChunk(forgeReply(right), pending, senders)).toEqual(statement)
})
