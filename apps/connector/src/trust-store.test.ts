import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { makeId, makePrivateKey, type InstanceId } from '@sallygate/trust'
import { FakeClock } from '@sallygate/testkit'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { homeAt, type Home } from './home.ts'
import type { Identity } from './identity.ts'
import { Authority } from './testing/authority.ts'
import { TrustStore } from './trust-store.ts'

let clock: FakeClock
let authority: Authority
let home: Home
let identity: Identity
beforeEach(async () => {
  clock = new FakeClock()
  authority = await Authority.make(clock)
  home = homeAt(mkdtempSync(join(tmpdir(), 'sallygate-trust-')))
  const privateKey = makePrivateKey()
  const instance = makeId<InstanceId>()
  const { console, group, relay } = authority
  identity = {
    enrollment: {
      console,
      group,
      groupName: 'Sample',
      instance,
      relay,
      relayUrl: 'wss://relay.test',
      name: 'a',
      enrolledAt: clock.now().toISOString(),
    },
    privateKey,
    certificate: await authority.issue(instance, privateKey),
    groupAuthority: authority.groupAuthority.certificate,
    root: authority.root.certificate,
    relayCa: undefined,
    firstTrustSet: authority.trustSet(),
  }
})
afterEach(() => rmSync(home.root, { recursive: true, force: true }))

test('the number never goes down, also after a restart', async () => {
  const store = new TrustStore(home, identity)
  const old = authority.trustSet()
  await authority.rotateSigning()

  expect(store.accept(authority.trustSet(), clock.now())).toBe(true)

  const lower = expect.objectContaining({ code: 'TRUST_SET_LOWER_NUMBER' })
  expect(() => store.accept(old, clock.now())).toThrow(lower)
  const restarted = new TrustStore(home, identity)
  expect(restarted.number).toBe(2)
  expect(() => restarted.accept(old, clock.now())).toThrow(lower)
})

test('a signer that was left out of a newer set is believed no more', async () => {
  const store = new TrustStore(home, identity)
  const revoked = authority.signer().keyId
  await authority.rotateSigning()

  store.accept(authority.trustSet(), clock.now())

  expect(store.signerKey(revoked, clock.now())).toBeUndefined()
  expect(store.signerKey(authority.signer().keyId, clock.now())).toBeDefined()
})

test('a set is valid for a day; when it is over, its signers still say which hello answer to believe', async () => {
  const store = new TrustStore(home, identity)

  await clock.advance(25 * 3_600_000)

  expect(store.isValid(clock.now())).toBe(false)
  const restarted = new TrustStore(home, identity)
  expect(restarted.isValid(clock.now())).toBe(false)
  expect(restarted.signerKey(authority.signer().keyId, clock.now())).toBeDefined()
  expect(restarted.accept(authority.trustSet(), clock.now())).toBe(true)
  expect(restarted.isValid(clock.now())).toBe(true)
})

test('a set of another authority, an altered one and an old one are refused, and the held one stays', async () => {
  const store = new TrustStore(home, identity)
  const stranger = await Authority.make(clock)
  const altered = authority.trustSet()
  altered[60] = (altered[60] ?? 0) ^ 1
  const stale = authority.trustSet({ number: 9 })

  expect(() => store.accept(stranger.trustSet(), clock.now())).toThrow(
    expect.objectContaining({ code: 'TRUST_SET_WRONG_SIGNER' }),
  )
  expect(() => store.accept(altered, clock.now())).toThrow(expect.objectContaining({ code: 'TRUST_SET_WRONG_SIGNER' }))
  await clock.advance(24 * 3_600_000)
  expect(() => store.accept(stale, clock.now())).toThrow(expect.objectContaining({ code: 'TRUST_SET_TOO_OLD' }))
  expect(store.number).toBe(1)
})

test('an authority that was taken out of the set brings itself back in no way, and a new one only by the identity', async () => {
  const store = new TrustStore(home, identity)
  const before = authority.trustSet({ number: 9 })
  const certificate = await authority.issue(identity.enrollment.instance, identity.privateKey)
  await authority.rotateAuthority()
  const wrong = expect.objectContaining({ code: 'TRUST_SET_WRONG_SIGNER' })

  expect(store.isUnderOldAuthority(certificate)).toBe(false)
  expect(() => store.accept(authority.trustSet(), clock.now())).toThrow(wrong)
  expect(store.accept(authority.trustSet(), clock.now(), true)).toBe(true)

  expect(store.isUnderOldAuthority(certificate)).toBe(true)
  expect(() => store.accept(before, clock.now())).toThrow(wrong)
  expect(() => new TrustStore(home, identity).accept(before, clock.now())).toThrow(wrong)
})

test('the protocol floor rises and stays, also after a restart', () => {
  const store = new TrustStore(home, identity)

  store.protocolFloor.raise(2, 3)

  expect(new TrustStore(home, identity).protocolFloor.highest()).toEqual({ version: 2, suite: 3 })
})

test('a floor file that cannot be read stops the start; one of an earlier identity does not count', () => {
  new TrustStore(home, identity).protocolFloor.raise(2, 3)
  const later = { ...identity, enrollment: { ...identity.enrollment, instance: makeId<InstanceId>() } }

  expect(new TrustStore(home, later).protocolFloor.highest()).toEqual({ version: 1, suite: 1 })
  writeFileSync(home.trust, '{}')
  expect(() => new TrustStore(home, identity)).toThrow(expect.objectContaining({ code: 'CONNECTOR_IDENTITY_DAMAGED' }))
})

test('on a disk that takes nothing a newer set is used all the same, and written when there is room', async () => {
  const store = new TrustStore(home, identity)
  // A folder where the file belongs: nobody can write it, root neither.
  mkdirSync(home.trust)
  await authority.rotateSigning()

  const taken = store.accept(authority.trustSet(), clock.now())

  expect([taken, store.number, store.writeFailure?.code]).toEqual([true, 2, 'FILE_CANNOT_WRITE'])
  rmSync(home.trust, { recursive: true })
  await authority.rotateSigning()
  store.accept(authority.trustSet(), clock.now())
  expect(store.writeFailure).toBeUndefined()
  expect(new TrustStore(home, identity).number).toBe(3)
})
