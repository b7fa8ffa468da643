/**
 * Replies: bound to one request, assembled in any order, bounded.
 *
 * @module
 */
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { concat, equalBytes, randomBytes } from '@sallygate/base/bytes'
import { ConnectorEnd, ConsoleEnd, makeSigner, sendersOf } from '@sallygate/testkit/envelope-ends'
import { flipBit, HostilePipe } from '@sallygate/testkit/hostile-pipe'
import { makeId, type InstanceId } from '@sallygate/trust'
import { MAX_CHUNK_PAYLOAD, MAX_CHUNKS } from './limits.ts'
import { ReplyAssembler, type ReplyProgress } from './reply-assembler.ts'
import { REPLY_OVERHEAD, replyHeader, type ReplyStatement } from './reply-layout.ts'
import { openReplyChunk, ReplyWriter, requestIdOfReply } from './reply.ts'
import type { OpenedRequest } from './request.ts'
import { forgeReply, type ReplyForgery } from './testing/forge.ts'

const console_ = new ConsoleEnd()
const connector = new ConnectorEnd(console_)
const senders = sendersOf(connector.signer)

/** A request that was admitted, both ends' view of it. */
function exchange() {
  const sealed = console_.seal(connector.recipient)
  const receipt = connector.receive(sealed.cargo)
  if (receipt.kind !== 'admitted') throw new Error(receipt.failure.code)
  const { opened } = receipt
  return { sealed, opened, pending: sealed.pending, writer: connector.reply(receipt) }
}

function statementFor(opened: OpenedRequest, change: Partial<ReplyStatement> = {}): ReplyStatement {
  return {
    direction: 'connectorToConsole',
    group: opened.request.group,
    senderKeyId: connector.signer.keyId,
    sender: connector.instance,
    requestId: opened.request.requestId,
    requestDigest: opened.digest,
    chunk: 0,
    isLast: true,
    outcome: 'done',
    journalPosition: undefined,
    issuedAt: connector.clock.now(),
    payload: Buffer.from('{}'),
    ...change,
  }
}

function attempt(take: () => ReplyProgress): string {
  try {
    return take().kind
  } catch (error) {
    return (error as { code: string }).code
  }
}

const code = (name: string) => expect.objectContaining({ code: `ENVELOPE_${name}` })

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
