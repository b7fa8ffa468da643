/**
 * Floors, trust sets, the operation table and what a class needs.
 *
 * @module
 */
import { describe, expect, test } from 'vitest'
import { randomBytes, toHex } from '@sallygate/base/bytes'
import { HostilePipe } from '@sallygate/testkit/hostile-pipe'
import { protocolFloorInMemory } from './floors.ts'
import type { Receipt } from './gate-options.ts'
import type { RequestDraft } from './request.ts'
import { forgeRequest } from './testing/forge.ts'
import { ends, mayAnswer, verdict } from './testing/gate-ends.ts'

describe('P10, T40, PROTOCOL M-E19: what was reached once is not left again', () => {
  test.each([
    ['the version this group has used', protocolFloorInMemory(2, 1)],
    ['the suite this group has used', protocolFloorInMemory(1, 2)],
  ])('lower than %s', (_, protocolFloor) => {
    const { connector, send } = ends({ protocolFloor })

    expect(verdict(send())).toBe('DOWNGRADE')
    expect(connector.executed).toEqual([])
    expect(connector.gate.refusals.get('ENVELOPE_DOWNGRADE')).toBe(1)
  })

  test('lower than the suite the trust set demands', () => {
    const { connector, send } = ends()
    connector.trustSet = { number: 1, notAfter: new Date(Date.UTC(2027)), suiteFloor: 2 }

    expect(verdict(send())).toBe('DOWNGRADE')
  })

  test('what is reached for the first time is remembered', () => {
    const protocolFloor = protocolFloorInMemory(0, 0)
    const { send } = ends({ protocolFloor })

    expect(verdict(send())).toBe('admitted')
    expect(protocolFloor.highest()).toEqual({ version: 1, suite: 1 })
  })
})

describe('PROTOCOL M-E18: nothing is carried out on old trust', () => {
  test('without a trust set, or with one that has ended', async () => {
    const { clock, connector, send } = ends()
    connector.trustSet = undefined
    expect(verdict(send())).toBe('TRUST_SET_STALE')

    connector.trustSet = { number: 1, notAfter: new Date(clock.now().getTime() + 1000), suiteFloor: 1 }
    expect(verdict(send())).toBe('admitted')
    await clock.advance(1000)
    expect(verdict(send())).toBe('TRUST_SET_STALE')
  })

  test('when the request names a newer set; an older one is fine while its key is still trusted', () => {
    const { connector, send } = ends()
    connector.trustSet = { number: 5, notAfter: new Date(Date.UTC(2027)), suiteFloor: 1 }

    expect([4, 5, 6].map((trustSetNumber) => verdict(send({ trustSetNumber })))).toEqual([
      'admitted',
      'admitted',
      'TRUST_SET_BEHIND',
    ])
  })
})

describe('P9, PROTOCOL M-E20: operations are a closed list, and the class belongs to it', () => {
  test.each<[string, Partial<RequestDraft>]>([
    ['TABLE_VERSION', { tableVersion: 2 }],
    ['UNKNOWN_OPERATION', { operation: 'directory.delete' }],
    ['UNKNOWN_OPERATION', { operation: 'toString' }],
    ['CLASS_MISMATCH', { operation: 'certificates.issue', class: 'R' }],
  ])('%s', (expected, change) => {
    const { connector, send } = ends()

    const receipt = send(change)

    expect(verdict(receipt)).toBe(expected)
    expect(mayAnswer(receipt)).toBe(true)
    expect(connector.executed).toEqual([])
  })
})

describe('PROTOCOL M-E21: what a class needs is there', () => {
  test('class N needs an idempotency key, class S a generation', () => {
    const { send } = ends()

    expect(verdict(send({ operation: 'certificates.issue', class: 'N' }))).toBe('INCOMPLETE')
    expect(verdict(send({ operation: 'exchange.allow', class: 'S' }))).toBe('INCOMPLETE')
    const idempotencyKey = '0123456789abcdef'.repeat(2)
    expect(verdict(send({ operation: 'certificates.issue', class: 'N', idempotencyKey }))).toBe('admitted')
  })

  test('P4, T36: reordered states of one object never go back', () => {
    const { console: console_, connector } = ends({ objectOf: ({ parameters }) => Buffer.from(parameters).toString() })
    const verdicts: string[] = []
    const pipe = new HostilePipe((_, cargo) => verdicts.push(verdict(connector.receive(cargo))))
    const state = (object: string, generation: number) =>
      console_.seal(connector.recipient, {
        operation: 'exchange.allow',
        class: 'S',
        generation,
        parameters: Buffer.from(object),
      })
    for (const [object, generation] of [
      ['a', 1],
      ['a', 2],
      ['a', 3],
      ['b', 1],
      ['a', 3],
    ] as const)
      pipe.send('connector', state(object, generation).cargo)

    pipe.deliver(0, 2, 1, 3, 4)

    expect(verdicts).toEqual(['admitted', 'admitted', 'GENERATION', 'admitted', 'admitted'])
  })

  test('a request that is refused raises no floor', () => {
    const { send } = ends()
    const state = (generation: number, tableVersion: number) =>
      verdict(send({ operation: 'exchange.allow', class: 'S', generation, tableVersion }))

    expect([state(9, 2), state(1, 1)]).toEqual(['TABLE_VERSION', 'admitted'])
  })
})

test('PROTOCOL M-E22: parameters that are not those of the digest are refused', () => {
  const { console: console_, connector } = ends()
  const { opened } = connector.receive(console_.seal(connector.recipient).cargo) as Receipt & { kind: 'admitted' }
  const statement = { ...opened.request, requestId: toHex(randomBytes(16)), parameters: Buffer.from('{}') }

  const receipt = connector.receive(
    forgeRequest({ statement, to: connector.keys.publicKey, privateKey: console_.signer.privateKey }),
  )

  expect(verdict(receipt)).toBe('PARAMETER_DIGEST')
})
