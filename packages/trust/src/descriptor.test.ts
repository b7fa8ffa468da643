import fc from 'fast-check'
import { expect, test } from 'vitest'
import { randomBytes, sha256 } from '@sallygate/base/bytes'
import { FakeClock } from '@sallygate/testkit/fake-clock'
import { descriptorDigest, makeDescriptor, maxDescriptorLifeMs, verifyDescriptor } from './descriptor.ts'
import { makeId } from './identity.ts'
import { makeProductRoot } from './issue.ts'
import { after, issuedAt, makeIdentities } from './test-identities.ts'
import { outcomeOf, tampered } from './test-tamper.ts'

const them = await makeIdentities()
const { root, identity, console: consoleId } = them
const content = {
  console: consoleId,
  encryptionKey: randomBytes(1216),
  issuedAt,
  notAfter: after(maxDescriptorLifeMs),
}
const encoded = makeDescriptor(content, identity, root.certificate)
const expected = { rootDigest: sha256(root.certificate.der), now: issuedAt }

test('a descriptor comes back as it was made, for who knows the root or only its digest', () => {
  const byDigest = verifyDescriptor(encoded, expected)
  const byRoot = verifyDescriptor(encoded, { root: root.certificate, now: issuedAt, console: consoleId })

  for (const found of [byDigest, byRoot]) {
    expect(found).toMatchObject({ console: consoleId, issuedAt, notAfter: content.notAfter })
    expect(found.encryptionKey).toEqual(content.encryptionKey)
    expect(found.identity.keyId).toBe(identity.certificate.keyId)
    expect(found.root.der).toEqual(root.certificate.der)
    expect(found.digest).toEqual(descriptorDigest(encoded))
  }
})

test('whatever key and life it has survive being written and read', () => {
  fc.assert(
    fc.property(
      fc.uint8Array({ minLength: 1216, maxLength: 1216 }),
      fc.integer({ min: 1, max: maxDescriptorLifeMs }),
      (encryptionKey, life) => {
        const made = makeDescriptor({ ...content, encryptionKey, notAfter: after(life) }, identity, root.certificate)

        const found = verifyDescriptor(made, expected)

        expect(Buffer.from(found.encryptionKey)).toEqual(Buffer.from(encryptionKey))
        expect(found.notAfter).toEqual(after(life))
      },
    ),
    { numRuns: 15 },
  )
})

test('no changed bit, cut or added byte gets through', () => {
  const outcomes = [...tampered(encoded, 800)].map((bad) => outcomeOf(() => verifyDescriptor(bad, expected)))

  expect(outcomes.length).toBeGreaterThan(800)
  expect(outcomes).not.toContain('accepted')
})

test('it is good for its life, to the millisecond, and for no longer than 25 hours', () => {
  const clock = new FakeClock(after(-5 * 60_000))
  const at = () => outcomeOf(() => verifyDescriptor(encoded, { ...expected, now: clock.now() }))

  const early = at()
  clock.jumpWall(-1)
  const tooEarly = at()
  clock.jumpWall(1 + 5 * 60_000 + maxDescriptorLifeMs - 1)
  const last = at()
  clock.jumpWall(1)
  const over = at()
  const long = makeDescriptor({ ...content, notAfter: after(maxDescriptorLifeMs + 1) }, identity, root.certificate)

  expect([tooEarly, early, last, over]).toEqual(['TRUST_NOT_YET_VALID', 'accepted', 'accepted', 'TRUST_EXPIRED'])
  expect(outcomeOf(() => verifyDescriptor(long, expected))).toBe('TRUST_MALFORMED')
})

test('a stranger’s descriptor, sound in itself, is refused under our pin', async () => {
  const stranger = await makeIdentities()
  const sound = makeDescriptor({ ...content, console: stranger.console }, stranger.identity, stranger.root.certificate)
  const own = { root: stranger.root.certificate, now: issuedAt }

  expect(outcomeOf(() => verifyDescriptor(sound, own))).toBe('accepted')
  expect(outcomeOf(() => verifyDescriptor(sound, expected))).toBe('TRUST_UNTRUSTED')
  expect(outcomeOf(() => verifyDescriptor(sound, { root: root.certificate, now: issuedAt }))).toBe('TRUST_UNTRUSTED')
})

test('another root, another console or another kind of certificate is refused', async () => {
  const impostor = await makeProductRoot({ console: consoleId, at: issuedAt })
  const underImpostor = makeDescriptor(content, identity, impostor.certificate)
  const asConnector = makeDescriptor(content, them.connector, root.certificate)
  const asAnother = makeDescriptor({ ...content, console: makeId() }, identity, root.certificate)
  const verdict = (bytes: Uint8Array) => outcomeOf(() => verifyDescriptor(bytes, expected))

  expect(verdict(underImpostor)).toBe('TRUST_UNTRUSTED')
  expect(verdict(asConnector)).toBe('TRUST_WRONG_PROFILE')
  expect(verdict(asAnother)).toBe('TRUST_WRONG_GROUP')
  expect(outcomeOf(() => verifyDescriptor(asAnother, { ...expected, console: consoleId }))).toBe('TRUST_WRONG_GROUP')
  expect(outcomeOf(() => verifyDescriptor(encoded, { ...expected, console: makeId() }))).toBe('TRUST_WRONG_GROUP')
})
