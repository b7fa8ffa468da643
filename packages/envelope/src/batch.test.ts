/**
 * One signature for the messages of a turn, and each of them verified by itself.
 *
 * @module
 */
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { concat, encodeUtf8, sha256 } from '@sallygate/base/bytes'
import { ConnectorEnd, ConsoleEnd, sendersOf } from '@sallygate/testkit/envelope-ends'
import { BatchSigner } from './batch-signer.ts'
import { leafOf, makeBlind, rootOf, treeOf } from './batch-tree.ts'
import { MAX_BATCH } from './limits.ts'
import { ReplyAssembler } from './reply-assembler.ts'
import { openRequest, sealRequestInBatch, type SealedRequest } from './request.ts'
import { SenderContexts } from './sender-contexts.ts'

const console_ = new ConsoleEnd()
const other = new ConsoleEnd()
const connectors = [new ConnectorEnd(console_), new ConnectorEnd(console_), new ConnectorEnd(console_)] as const
const contexts = new SenderContexts(console_.clock)

function sealMany(count: number, signer = new BatchSigner(console_.signer)): Promise<readonly SealedRequest[]> {
  return Promise.all(
    Array.from({ length: count }, (_, at) =>
      sealRequestInBatch(
        console_.draft({ parameters: encodeUtf8(`{"at":${at}}`) }),
        (connectors[at % connectors.length] as ConnectorEnd).recipient,
        signer,
        contexts,
      ),
    ),
  )
}

describe('the tree', () => {
  const leavesOf = (count: number) => Array.from({ length: count }, (_, at) => sha256(Buffer.of(at)))

  test('PROTOCOL M-E41: from every leaf its path leads to the root, and from no other leaf', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 70 }), fc.nat(), fc.nat(), (count, which, wrong) => {
        const leaves = leavesOf(count)
        const { root, paths } = treeOf(leaves)
        const at = which % count
        const path = paths[at] as Buffer[]

        expect(rootOf(leaves[at] as Buffer, path)).toEqual(root)
        expect(path.length).toBeLessThanOrEqual(Math.ceil(Math.log2(Math.max(1, count))))
        const stranger = sha256(Buffer.of(200, wrong % 256))
        expect(rootOf(stranger, path)).not.toEqual(root)
      }),
      { numRuns: 60 },
    )
  })

  test('a node is never a leaf: what is hashed for one cannot be said by the other', () => {
    const [a, b] = leavesOf(2) as [Buffer, Buffer]
    const [low, high] = Buffer.compare(a, b) <= 0 ? [a, b] : [b, a]

    expect(treeOf([a, b]).root).not.toEqual(sha256(Buffer.of(0), low, high))
    expect(leafOf(low, 'request', high, Buffer.alloc(0))).not.toEqual(treeOf([a, b]).root)
  })

  test('the same message under two blinds is two leaves: a neighbor cannot guess what it stands beside', () => {
    const leaf = () => leafOf(makeBlind(), 'request', Buffer.of(1), Buffer.of(2))

    expect(leaf()).not.toEqual(leaf())
  })
})

describe('a batch of requests', () => {
  test('is signed once, and each message is opened without any other', async () => {
    let turns = 0
    const signer = new BatchSigner(console_.signer, { later: (action) => void setImmediate(() => (turns++, action())) })

    const sealed = await sealMany(40, signer)

    expect(turns).toBe(1)
    // Half of them never arrive, the rest in another order.
    for (const [at, { cargo }] of [...sealed.entries()].filter(([place]) => place % 2 === 0).toReversed()) {
      const receipt = connectors[at % connectors.length]?.receive(cargo)
      expect(receipt).toMatchObject({ kind: 'admitted', opened: { request: { requestId: sealed[at]?.requestId } } })
    }
  })

  test('a message alone in its turn carries no path', async () => {
    const [alone] = await sealMany(1)
    const [one] = await sealMany(2)

    // The same bucket; a path would show in the body.
    expect(connectors[0].receive(alone?.cargo ?? Buffer.alloc(0)).kind).toBe('admitted')
    expect(connectors[0].receive(one?.cargo ?? Buffer.alloc(0)).kind).toBe('admitted')
  })

  test('a full batch is signed without waiting for the end of the turn', async () => {
    const never = new BatchSigner(console_.signer, { later: () => undefined })

    const sealed = await sealMany(MAX_BATCH, never)

    expect(sealed).toHaveLength(MAX_BATCH)
    for (const [at, { cargo }] of sealed.entries())
      if (at % 50 === 0) expect(connectors[at % connectors.length]?.receive(cargo).kind).toBe('admitted')
  })

  test('to another instance of the group it is refused, its signature good or not (PROTOCOL M-E13)', async () => {
    const [first] = await sealMany(3)

    expect(connectors[1].receive(first?.cargo ?? Buffer.alloc(0))).toMatchObject({ kind: 'unopened' })
  })

  test('PROTOCOL M-E42: a key that may no longer sign is refused, though its batch was verified before', async () => {
    const [first, , , second] = await sealMany(4)
    const find = connectors[0].keys.find
    openRequest(first?.cargo ?? Buffer.alloc(0), find, sendersOf(console_.signer))

    const open = (senders: Parameters<typeof openRequest>[2]) =>
      openRequest(second?.cargo ?? Buffer.alloc(0), find, senders)

    expect(() => open(sendersOf())).toThrow(expect.objectContaining({ code: 'ENVELOPE_CANNOT_OPEN' }))
    expect(() => open(() => other.signer.publicKey)).toThrow(expect.objectContaining({ code: 'ENVELOPE_CANNOT_OPEN' }))
    expect(open(sendersOf(console_.signer)).request.requestId).toBe(second?.requestId)
  })

  test('a signer that gets another key in the middle of a turn signs each message with the key that it names', async () => {
    let now = console_.signer
    const signer = new BatchSigner({
      get keyId() {
        return now.keyId
      },
      get privateKey() {
        return now.privateKey
      },
    })
    const before = sealMany(2, signer)
    now = other.signer
    const after = sealMany(2, signer)

    const senders = sendersOf(console_.signer, other.signer)
    const open = ({ cargo }: SealedRequest, at: number) =>
      openRequest(cargo, (connectors[at] as ConnectorEnd).keys.find, senders).request.senderKeyId

    expect((await before).map(open)).toEqual([console_.signer.keyId, console_.signer.keyId])
    expect((await after).map(open)).toEqual([other.signer.keyId, other.signer.keyId])
  })

  test('a key that cannot sign fails each message of the batch, and none hangs', async () => {
    const broken = new BatchSigner({ keyId: console_.signer.keyId, privateKey: console_.signer.publicKey })

    const settled = await Promise.allSettled([0, 1, 2].map(() => sealMany(1, broken)))

    expect(settled.map(({ status }) => status)).toEqual(['rejected', 'rejected', 'rejected'])
  })
})

describe('a batch of replies', () => {
  test('of several requests, in chunks, is put together for each caller', async () => {
    const [connector] = connectors
    const sealed = Array.from({ length: 9 }, () => console_.seal(connector.recipient))
    const payload = (at: number) => concat(Buffer.alloc(at % 2 === 0 ? 10 : 250_000, at), Buffer.of(at))

    const replies = await Promise.all(
      sealed.map(({ cargo }, at) => connector.admit(cargo).finishInBatch('done', payload(at))),
    )

    for (const [at, chunks] of replies.entries()) {
      const pending = (sealed[at] as SealedRequest).pending
      const assembler = new ReplyAssembler(pending, sendersOf(connector.signer))
      const last = chunks.map((chunk) => assembler.take(chunk)).at(-1)
      expect(last).toMatchObject({ kind: 'complete', outcome: 'done', payload: payload(at) })
    }
  })

  test('the reply to one caller is none to another of the same batch (PROTOCOL M-E25)', async () => {
    const [connector] = connectors
    const [a, b] = [console_.seal(connector.recipient), console_.seal(connector.recipient)]
    const [toA] = await Promise.all(
      [a, b].map(({ cargo }) => connector.admit(cargo).finishInBatch('done', Buffer.of(1))),
    )

    const assembler = new ReplyAssembler(b.pending, sendersOf(connector.signer))

    expect(() => assembler.take(toA?.[0] ?? Buffer.alloc(0))).toThrow(
      expect.objectContaining({ code: 'ENVELOPE_CANNOT_OPEN' }),
    )
  })
})
