import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { FakeClock } from '@sallygate/testkit/fake-clock'
import { makeId, type GroupId, type KeyId } from './identity.ts'
import { issueConsoleSigning, issueGroupAuthority } from './issue.ts'
import { signStatement } from './signature.ts'
import { after, dayMs, holder, hourMs, issuedAt, makeGroup, makeIdentities } from './test-identities.ts'
import { outcomeOf, tampered } from './test-tamper.ts'
import { makeTrustSet, findSigner, requireFreshTrustSet, requireSuite, verifyTrustSet } from './trust-set.ts'
import type { TrustSetContent, TrustSetExpectation } from './trust-set.ts'

const them = await makeIdentities()
const { root, authority, signing, group, relay, console: consoleId } = them
const other = await makeGroup(root, consoleId)

const content: TrustSetContent = {
  console: consoleId,
  group,
  number: 7,
  issuedAt,
  notAfter: after(dayMs),
  suiteFloor: 1,
  signers: [{ keyId: signing.certificate.keyId, certificate: signing.certificate }],
  authorities: [authority.certificate],
  relay,
}
const expected: TrustSetExpectation = {
  root: root.certificate,
  authorities: [authority.certificate],
  group,
  console: consoleId,
  floorNumber: 7,
  now: issuedAt,
}
const encoded = makeTrustSet(content, authority.privateKey)

function verdict(change: Partial<TrustSetContent>, expectation: Partial<TrustSetExpectation> = {}): string {
  return outcomeOf(() =>
    verifyTrustSet(makeTrustSet({ ...content, ...change }, authority.privateKey), { ...expected, ...expectation }),
  )
}

test('a trust set comes back as it was made, with its signers verified', () => {
  const set = verifyTrustSet(encoded, expected)

  expect(set).toMatchObject({ console: consoleId, group, number: 7, issuedAt, suiteFloor: 1, relay })
  expect([...set.verifiedSigners.keys()]).toEqual([signing.certificate.keyId])
  expect(findSigner(set, signing.certificate.keyId, issuedAt).groupId).toBe(group)
  expect(set.authorities.map((one) => one.keyId)).toEqual([authority.certificate.keyId])
})

test('whatever a trust set says survives being written and read', () => {
  const anyContent = fc.record({
    number: fc.nat({ max: Number.MAX_SAFE_INTEGER }),
    life: fc.integer({ min: 1, max: dayMs }),
    suiteFloor: fc.nat({ max: 255 }),
  })

  fc.assert(
    fc.property(anyContent, ({ number, life, suiteFloor }) => {
      const made = makeTrustSet({ ...content, number, suiteFloor, notAfter: after(life) }, authority.privateKey)

      const set = verifyTrustSet(made, { ...expected, floorNumber: 0 })

      expect([set.number, set.suiteFloor, set.notAfter]).toEqual([number, suiteFloor, after(life)])
    }),
    { numRuns: 25 },
  )
})

test('PROTOCOL M-E50: a new authority of the group counts where the console’s identity vouches for it, and nowhere else', async () => {
  const next = await makeGroup(root, consoleId, { group })
  const stranger = await makeGroup((await makeIdentities()).root, consoleId, { group })
  const signed = ({ authority: by, signing: signer }: typeof next) =>
    makeTrustSet(
      {
        ...content,
        signers: [{ keyId: signer.certificate.keyId, certificate: signer.certificate }],
        authorities: [by.certificate],
      },
      by.privateKey,
    )
  const under = (set: Buffer, isVouchedFor: boolean) =>
    outcomeOf(() => verifyTrustSet(set, { ...expected, isVouchedFor }))

  expect(under(signed(next), false)).toBe('TRUST_SET_WRONG_SIGNER')
  expect(under(signed(next), true)).toBe('accepted')
  // It still has to lead to the root, be of this group, and have a number that is high enough.
  expect(under(signed(stranger), true)).toBe('TRUST_UNTRUSTED')
  expect(under(signed(other), true)).toBe('TRUST_WRONG_GROUP')
  expect(outcomeOf(() => verifyTrustSet(signed(next), { ...expected, isVouchedFor: true, floorNumber: 8 }))).toBe(
    'TRUST_SET_LOWER_NUMBER',
  )
})

test('no changed bit, cut or added byte gets through', () => {
  const outcomes = [...tampered(encoded)].map((bad) => outcomeOf(() => verifyTrustSet(bad, expected)))

  expect(outcomes.length).toBeGreaterThan(600)
  expect(new Set(outcomes)).toEqual(new Set(['TRUST_SET_WRONG_SIGNER', 'TRUST_MALFORMED']))
})

describe('a trust set is refused', () => {
  test('when another group’s authority, the console or the root’s impostor signed it', () => {
    for (const { privateKey } of [other.authority, signing, them.identity])
      expect(outcomeOf(() => verifyTrustSet(makeTrustSet(content, privateKey), expected))).toBe(
        'TRUST_SET_WRONG_SIGNER',
      )
  })

  test('when it is signed as another kind of statement', () => {
    const body = encoded.subarray(0, -64)
    const relabeled = Buffer.concat([body, signStatement('descriptor', authority.privateKey, body)])

    expect(outcomeOf(() => verifyTrustSet(relabeled, expected))).toBe('TRUST_SET_WRONG_SIGNER')
  })

  test('when it is for another group or console', () => {
    const empty = { signers: [], authorities: [] }

    expect(verdict({ ...empty, group: other.group })).toBe('TRUST_WRONG_GROUP')
    expect(verdict({ ...empty, console: makeId() })).toBe('TRUST_WRONG_GROUP')
    expect(verdict({ group: other.group })).toBe('TRUST_WRONG_GROUP')
    expect(verdict({ console: makeId() })).toBe('TRUST_WRONG_GROUP')
    expect(verdict({}, { group: makeId<GroupId>() })).toBe('TRUST_WRONG_GROUP')
    expect(verdict({}, { console: makeId() })).toBe('TRUST_WRONG_GROUP')
  })

  test('when the authority that signed it has ended', () => {
    const now = after(731 * dayMs)
    const young = { signers: [], authorities: [], issuedAt: now, notAfter: after(732 * dayMs) }

    expect(verdict(young, { now })).toBe('TRUST_EXPIRED')
  })

  test('when a signer belongs to another group, is a connector, or is listed under another key', () => {
    const listed = (certificate: typeof signing.certificate) => ({
      signers: [{ keyId: certificate.keyId, certificate }],
    })

    expect(verdict(listed(other.signing.certificate))).toBe('TRUST_UNTRUSTED')
    expect(verdict(listed(them.connector.certificate))).toBe('TRUST_WRONG_PROFILE')
    expect(verdict({ signers: [{ keyId: '00'.repeat(32) as KeyId, certificate: signing.certificate }] })).toBe(
      'TRUST_MALFORMED',
    )
    expect(verdict({ signers: [...content.signers, ...content.signers] })).toBe('TRUST_MALFORMED')
  })

  test('when it would introduce another group’s authority', () => {
    expect(verdict({ authorities: [authority.certificate, other.authority.certificate] })).toBe('TRUST_WRONG_GROUP')
  })

  test('when it is to live longer than a day, or not at all', () => {
    expect(verdict({ notAfter: after(dayMs + 1) })).toBe('TRUST_MALFORMED')
    expect(verdict({ notAfter: issuedAt })).toBe('TRUST_MALFORMED')
  })
})

test('the number never goes down', () => {
  fc.assert(
    fc.property(fc.array(fc.nat({ max: 20 }), { minLength: 1, maxLength: 8 }), (numbers) => {
      let floor = 0
      for (const number of numbers) {
        const outcome = verdict({ number }, { floorNumber: floor })

        expect(outcome).toBe(number < floor ? 'TRUST_SET_LOWER_NUMBER' : 'accepted')
        if (outcome === 'accepted') floor = number
      }
      expect(floor).toBe(Math.max(...numbers))
    }),
    { numRuns: 20 },
  )
})

test('it is fresh for a day, to the millisecond, and five minutes before it begins', () => {
  const clock = new FakeClock(after(-5 * 60_000))
  const at = () => verdict({}, { now: clock.now() })

  const early = at()
  clock.jumpWall(-1)
  const tooEarly = at()
  clock.jumpWall(1 + 5 * 60_000 + dayMs - 1)
  const last = at()
  clock.jumpWall(1)
  const over = at()

  expect([tooEarly, early, last, over]).toEqual(['TRUST_NOT_YET_VALID', 'accepted', 'accepted', 'TRUST_SET_TOO_OLD'])
})

test('one that begins more than five minutes from now is from the future', () => {
  const later = { issuedAt: after(hourMs), notAfter: after(2 * hourMs) }

  expect(verdict(later, { now: after(55 * 60_000) })).toBe('accepted')
  expect(verdict(later, { now: after(55 * 60_000 - 1) })).toBe('TRUST_NOT_YET_VALID')
})

test('a set that was fresh when it came is refused at use once it is old', () => {
  const set = verifyTrustSet(encoded, expected)
  const use = (now: Date) => outcomeOf(() => findSigner(set, signing.certificate.keyId, now))

  expect(use(after(dayMs - 1))).toBe('accepted')
  expect(use(after(dayMs))).toBe('TRUST_SET_TOO_OLD')
  expect(outcomeOf(() => requireFreshTrustSet(set, after(dayMs)))).toBe('TRUST_SET_TOO_OLD')
})

test('a key that is not listed signs nothing', () => {
  const set = verifyTrustSet(encoded, expected)

  expect(outcomeOf(() => findSigner(set, them.connector.certificate.keyId, issuedAt))).toBe('TRUST_UNKNOWN_SIGNER')
})

test('a signer that has ended is left out, and one that ends before the set is refused from then on', async () => {
  const make = (at: Date) =>
    holder((publicKey) => issueConsoleSigning({ issuer: authority, console: consoleId, group, publicKey, at }))
  const [ended, ending] = [await make(after(-91 * dayMs)), await make(after(-90 * dayMs + hourMs))]
  const signers = [signing, ended, ending].map(({ certificate }) => ({ keyId: certificate.keyId, certificate }))
  // The authority is younger than these, as after a rotation; only their ends matter here.
  const set = verifyTrustSet(makeTrustSet({ ...content, signers }, authority.privateKey), expected)

  const use = (keyId: KeyId, now: Date) => outcomeOf(() => findSigner(set, keyId, now))

  expect(set.verifiedSigners.has(ended.certificate.keyId)).toBe(false)
  expect(use(ending.certificate.keyId, after(hourMs))).toBe('accepted')
  expect(use(ending.certificate.keyId, after(hourMs + 1000))).toBe('TRUST_EXPIRED')
  expect(use(signing.certificate.keyId, after(hourMs + 1000))).toBe('accepted')
})

test('a new group authority is learned from a set that the old one signed, and may sign the next', async () => {
  const fresh = await makeGroup(root, consoleId)
  const { certificate: next, privateKey } = await holder((publicKey) =>
    issueGroupAuthority({ issuer: root, console: consoleId, group, publicKey, at: issuedAt }),
  )
  const overlap = verifyTrustSet(
    makeTrustSet({ ...content, number: 8, authorities: [authority.certificate, next] }, authority.privateKey),
    expected,
  )
  const successor = makeTrustSet({ ...content, number: 9, authorities: [next], signers: [] }, privateKey)

  const learned = outcomeOf(() =>
    verifyTrustSet(successor, { ...expected, authorities: overlap.authorities, floorNumber: 8 }),
  )
  const unlearned = outcomeOf(() => verifyTrustSet(successor, expected))
  const foreign = outcomeOf(() =>
    verifyTrustSet(successor, { ...expected, authorities: [fresh.authority.certificate] }),
  )

  expect([learned, unlearned, foreign]).toEqual(['accepted', 'TRUST_SET_WRONG_SIGNER', 'TRUST_SET_WRONG_SIGNER'])
})

test('a suite below the floor, or one nobody knows, is refused', () => {
  const suite = (number: number) => outcomeOf(() => requireSuite({ suiteFloor: 2 }, number, [1, 2, 3]))

  expect([1, 2, 3, 4].map(suite)).toEqual([
    'TRUST_SUITE_BELOW_FLOOR',
    'accepted',
    'accepted',
    'TRUST_SUITE_BELOW_FLOOR',
  ])
})
