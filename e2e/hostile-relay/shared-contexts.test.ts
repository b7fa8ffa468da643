/**
 * Requests that share a context and a signature, through a relay that tears them apart:
 * each stands for itself, whatever becomes of the others.
 */
import { honest, type PassingCargo } from '@sallygate/testkit/tampers'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { expectTypedFailure, Gate, namesIn, replyFrom, requestTo, type Answer } from './gate.ts'

const [headerLength, encLength] = [35, 1120]
const cannotOpen = 'ENVELOPE_CANNOT_OPEN'
/** Everybody in the sample office who can be looked for by a first name that nobody shares. */
const people = ['Freya', 'Bruno', 'Imani']

const encOf = ({ cargo }: PassingCargo) => cargo.subarray(headerLength, headerLength + encLength)
const numberOf = ({ cargo }: PassingCargo) => Number(cargo.readBigUInt64BE(11))

let gate: Gate
beforeAll(async () => void (gate = await Gate.open({ seed: 0x39, connectors: ['one'] })), 30_000)
afterAll(() => gate.close())

/** So many look-ups in one moment, and what of them passed the relay; nothing is delivered. */
async function heldTogether(
  count: number,
  deadlineMs = 6000,
): Promise<{
  readonly held: readonly PassingCargo[]
  readonly answers: readonly Promise<Answer>[]
}> {
  const held: PassingCargo[] = []
  const fits = requestTo(gate.instance('one'))
  gate.relay.tamper = (passing) => {
    if (!fits(passing)) return [passing]
    held.push(passing)
    return []
  }
  const answers = Array.from({ length: count }, (_, at) =>
    gate.search('one', people[at % people.length] ?? '', deadlineMs),
  )
  await gate.until(async () => held.length === count)
  gate.relay.tamper = honest
  return { held, answers }
}

describe('one context for many requests (PROTOCOL M-E39, PROTOCOL M-E40)', () => {
  test('what is left over is carried out, in whatever order, when the first ones are taken away', async () => {
    const { held, answers } = await heldTogether(9, 2500)

    await gate.deliver(held.slice(3).toReversed())

    expect(new Set(held.map((one) => encOf(one).toString('hex'))).size).toBe(1)
    expect(new Set(held.map(numberOf)).size).toBe(9)
    const ended = await Promise.all(answers)
    expect(ended.filter(({ status }) => status === 200)).toHaveLength(6)
    for (const answer of ended.filter(({ status }) => status !== 200)) expectTypedFailure(answer)
    await gate.works()
  })

  test('the encapsulated key of another context under a message opens nothing', async () => {
    const { held, answers } = await heldTogether(2)
    await gate.restart('one')
    const later = await heldTogether(1)
    const refused = gate.refusals('one', cannotOpen)
    const [early, late] = [held[0], later.held[0]]
    if (early === undefined || late === undefined) throw new Error('nothing was held')
    const swapped = Buffer.from(late.cargo)
    encOf(early).copy(swapped, headerLength)

    await gate.deliver([{ ...late, cargo: swapped }])
    await gate.deliver([late])

    expect(gate.refusals('one', cannotOpen)).toBe(refused + 1)
    expect((await later.answers[0])?.status).toBe(200)
    // These were asked of a process that is gone, and may have been asked again of the new one.
    await Promise.all(answers)
    await gate.works()
  }, 20_000)

  test('the number of a neighbor in the header opens nothing', async () => {
    const { held, answers } = await heldTogether(2)
    const refused = gate.refusals('one', cannotOpen)
    const [one, two] = held
    if (one === undefined || two === undefined) throw new Error('nothing was held')
    const renumbered = Buffer.from(one.cargo)
    renumbered.writeBigUInt64BE(BigInt(numberOf(two)), 11)

    await gate.deliver([{ ...one, cargo: renumbered }])
    await gate.deliver(held)

    expect(gate.refusals('one', cannotOpen)).toBe(refused + 1)
    expect((await Promise.all(answers)).map(({ status }) => status)).toEqual([200, 200])
  })

  test('T34: all of them again, a thousand times, and each was carried out once', async () => {
    const { held, answers } = await heldTogether(5)
    await gate.deliver(held)
    expect((await Promise.all(answers)).map(({ status }) => status)).toEqual([200, 200, 200, 200, 200])
    const { operations } = gate.backEnd

    await gate.deliver(held.flatMap((one) => Array.from({ length: 200 }, () => one)))

    expect(gate.backEnd.operations).toBe(operations)
    await gate.works()
  })
})

describe('one signature for many messages (PROTOCOL M-E41)', () => {
  test('a reply is taken by itself when the relay keeps all others of its batch', async () => {
    const { held, answers } = await heldTogether(6, 2500)
    const replies: PassingCargo[] = []
    const fits = replyFrom(gate.instance('one'))
    gate.relay.tamper = (passing) => {
      if (!fits(passing)) return [passing]
      replies.push(passing)
      return []
    }
    for (const one of held) gate.relay.inject(one)
    await gate.until(async () => replies.length === 6)
    gate.relay.tamper = honest

    await gate.deliver(replies.slice(5))

    const ended = await Promise.all(answers)
    const good = ended.filter(({ status }) => status === 200)
    expect(good).toHaveLength(1)
    expect(namesIn(good[0] as Answer)).toHaveLength(1)
    for (const answer of ended.filter(({ status }) => status !== 200)) expectTypedFailure(answer)
    await gate.works()
  }, 20_000)

  test('the reply of a neighbor in place of one’s own is not taken (T39)', async () => {
    const { held, answers } = await heldTogether(2)
    const replies: PassingCargo[] = []
    const fits = replyFrom(gate.instance('one'))
    gate.relay.tamper = (passing) => {
      if (!fits(passing)) return [passing]
      replies.push(passing)
      return []
    }
    for (const one of held) gate.relay.inject(one)
    await gate.until(async () => replies.length === 2)
    gate.relay.tamper = honest
    const [first, second] = replies
    if (first === undefined || second === undefined) throw new Error('nothing was held')
    const claimed = Buffer.from(second.cargo)
    // The request id in the header of a reply: behind kind, version and suite.
    first.cargo.copy(claimed, 3, 3, 19)

    await gate.deliver([{ ...first, cargo: claimed }])
    await gate.deliver(replies)

    expect((await Promise.all(answers)).map(({ status }) => status)).toEqual([200, 200])
    await gate.works()
  })
})
