import { generateKeyPairSync } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import { FakeClock } from '@sallygate/testkit/fake-clock'
import { certificatePem, parseCertificate, type Certificate } from './certificate.ts'
import { signCertificate } from './certificate-writer.ts'
import { verifyChain, type ChainRequest } from './chain.ts'
import { makeId, type ConsoleId, type GroupId, type InstanceId } from './identity.ts'
import { issueBootstrap, issueConsoleSigning, issueInstance, issueTlsServer, makeProductRoot } from './issue.ts'
import { makePrivateKey, publicKeyOf } from './key.ts'
import { findPath } from './path.ts'
import { profiles, type ProfileName } from './profile.ts'
import { after, dayMs, holder, issuedAt, makeGroup, makeIdentities } from './test-identities.ts'
import { hasOpenssl, openssl } from './test-openssl.ts'
import { outcomeOf, outcomeOfAsync, tampered } from './test-tamper.ts'

const them = await makeIdentities()
const { root, authority, console: consoleId, group, instance } = them

const leaves: Readonly<Record<Exclude<ProfileName, 'productRoot'>, Certificate>> = {
  groupAuthority: authority.certificate,
  consoleSigning: them.signing.certificate,
  instance: them.connector.certificate,
  bootstrap: them.bootstrap.certificate,
  consoleIdentity: them.identity.certificate,
  tlsServer: them.server.certificate,
}
const names = Object.keys(leaves) as (keyof typeof leaves)[]

function request(profile: keyof typeof leaves, change: Partial<ChainRequest> = {}): ChainRequest {
  const isUnderRoot = profiles[profile].issuer === 'productRoot'
  const intermediates = isUnderRoot ? [] : [authority.certificate]
  return { leaf: leaves[profile], intermediates, anchors: [root.certificate], profile, at: issuedAt, ...change }
}

describe('the chain of every profile', () => {
  test.each(names)('%s verifies and tells whom it is for', (profile) => {
    const verified = verifyChain(request(profile))

    expect(verified.keyId).toBe(leaves[profile].keyId)
    expect(verified.console).toBe(profile === 'tlsServer' ? undefined : consoleId)
    expect(verified.groupId).toBe(['tlsServer', 'consoleIdentity'].includes(profile) ? undefined : group)
    expect(verified.instanceId).toBe(profile === 'instance' ? instance : undefined)
  })

  test.each(names)('%s is accepted as nothing else', (profile) => {
    const others = names.filter((other) => other !== profile)
    const intermediates = [authority.certificate]

    const outcomes = others.map((other) =>
      outcomeOf(() => verifyChain(request(profile, { profile: other, intermediates }))),
    )

    expect(outcomes).toHaveLength(5)
    for (const outcome of outcomes) expect(['TRUST_WRONG_PROFILE', 'TRUST_UNTRUSTED']).toContain(outcome)
  })

  test.each(names)('%s ends and begins to the second', async (profile) => {
    const { notAfter, notBefore } = leaves[profile]
    const clock = new FakeClock(notBefore)
    const verdict = () => outcomeOf(() => verifyChain(request(profile, { at: clock.now() })))

    const atBegin = verdict()
    clock.jumpWall(-1)
    const beforeBegin = verdict()
    clock.jumpWall(1 + notAfter.getTime() - notBefore.getTime())
    const atEnd = verdict()
    await clock.advance(1000)
    const afterEnd = verdict()

    expect([beforeBegin, atBegin, atEnd, afterEnd]).toEqual([
      'TRUST_NOT_YET_VALID',
      'accepted',
      'accepted',
      'TRUST_EXPIRED',
    ])
  })

  test.each(names)('%s begins five minutes early and lives as long as its row says', (profile) => {
    const days = profile === 'bootstrap' ? 7 : profiles[profile].lifeDays

    expect(leaves[profile].notBefore).toEqual(after(-5 * 60_000))
    expect(leaves[profile].notAfter).toEqual(after(days * dayMs))
    expect(leaves[profile].serial).toMatch(/^[4-7][0-9a-f]{31}$/)
  })
})

describe('a chain is refused', () => {
  test('under another console’s root, even one of the same name', async () => {
    const impostor = await makeProductRoot({ console: consoleId, at: issuedAt })

    const outcome = outcomeOf(() => verifyChain(request('instance', { anchors: [impostor.certificate] })))

    expect(outcome).toBe('TRUST_UNTRUSTED')
  })

  test('without its group authority, and with another group’s', async () => {
    const other = await makeGroup(root, consoleId)

    for (const intermediates of [[], [other.authority.certificate]])
      expect(outcomeOf(() => verifyChain(request('instance', { intermediates })))).toBe('TRUST_UNTRUSTED')
  })

  test.each(['console', 'group', 'instance'] as const)('when the %s is another', (part) => {
    expect(outcomeOf(() => verifyChain(request('instance', { [part]: makeId() })))).toBe('TRUST_WRONG_GROUP')
    expect(outcomeOf(() => verifyChain(request('instance', { console: consoleId, group, instance })))).toBe('accepted')
  })

  test('after the root or the authority has ended, and the verified end is the earliest', async () => {
    const late = after(729 * dayMs)
    const young = await holder((publicKey) =>
      issueConsoleSigning({ issuer: authority, console: consoleId, group, publicKey, at: late }),
    )

    const verified = verifyChain(request('consoleSigning', { leaf: young.certificate, at: late }))
    const outcome = outcomeOf(() =>
      verifyChain(request('consoleSigning', { leaf: young.certificate, at: after(731 * dayMs) })),
    )

    expect(verified.notAfter).toEqual(authority.certificate.notAfter)
    expect(young.certificate.notAfter).toEqual(authority.certificate.notAfter)
    expect(outcome).toBe('TRUST_EXPIRED')
  })

  test('when any bit of the leaf or of the authority differs', () => {
    const flip = (bytes: Uint8Array, change: (certificate: Certificate) => Partial<ChainRequest>) =>
      [...tampered(bytes, 400)].map((bad) =>
        outcomeOf(() => verifyChain(request('instance', change(parseCertificate(bad))))),
      )

    const outcomes = [
      ...flip(leaves.instance.der, (leaf) => ({ leaf })),
      ...flip(authority.certificate.der, (bad) => ({ intermediates: [bad] })),
    ]

    expect(outcomes.length).toBeGreaterThan(800)
    expect(outcomes).not.toContain('accepted')
  })

  test('when a group authority speaks for another group', async () => {
    const victim = makeId<GroupId>()
    const forged = await signCertificate({
      profile: 'instance',
      commonName: 'forged',
      issuer: authority.certificate,
      signingKey: authority.privateKey,
      publicKey: publicKeyOf(makePrivateKey()),
      at: issuedAt,
      identity: { role: 'connector', console: consoleId, group: victim, instance: makeId<InstanceId>() },
    })

    expect(outcomeOf(() => verifyChain(request('instance', { leaf: forged })))).toBe('TRUST_UNTRUSTED')
  })

  test.each(['tlsServer', 'consoleIdentity', 'groupAuthority'] as const)(
    'when a group authority issues a %s',
    async (profile) => {
      const identities = {
        groupAuthority: { role: 'authority', console: consoleId, group },
        consoleIdentity: { role: 'consoleIdentity', console: consoleId },
      } as const
      const named =
        profile === 'tlsServer'
          ? { names: [{ type: 'dns', value: 'relay.example.com' }] as const }
          : { identity: identities[profile] }
      const forged = await signCertificate({
        profile,
        commonName: 'forged',
        issuer: authority.certificate,
        signingKey: authority.privateKey,
        publicKey: publicKeyOf(makePrivateKey()),
        at: issuedAt,
        ...named,
      })
      const intermediates = [authority.certificate]

      const outcome = outcomeOf(() => verifyChain(request(profile, { leaf: forged, intermediates })))

      expect(outcome).toBe('TRUST_UNTRUSTED')
    },
  )

  test('when a leaf issues', async () => {
    const forged = await signCertificate({
      profile: 'instance',
      commonName: 'forged',
      issuer: leaves.instance,
      signingKey: them.connector.privateKey,
      publicKey: publicKeyOf(makePrivateKey()),
      at: issuedAt,
      identity: { role: 'connector', console: consoleId, group, instance: makeId<InstanceId>() },
    })
    const intermediates = [leaves.instance, authority.certificate]

    expect(outcomeOf(() => verifyChain(request('instance', { leaf: forged, intermediates })))).toBe('TRUST_UNTRUSTED')
  })

  test('when a bundle of authorities is made to be searched for ever', async () => {
    const impostor = await makeProductRoot({ console: consoleId, at: issuedAt })
    const crowd = Array.from({ length: 1000 }, () => authority.certificate)
    const search = () => findPath({ ...request('instance'), intermediates: crowd, anchors: [impostor.certificate] })

    expect(search).toThrow(expect.objectContaining({ code: 'TRUST_UNTRUSTED', details: { because: 'too many paths' } }))
  })
})

describe('issuing refuses', () => {
  test.each(['rsa', 'P-384', 'P-521', 'ed25519'] as const)('a subject key of kind %s', async (kind) => {
    const publicKey =
      kind === 'rsa'
        ? generateKeyPairSync('rsa', { modulusLength: 2048 }).publicKey
        : kind === 'ed25519'
          ? generateKeyPairSync('ed25519').publicKey
          : generateKeyPairSync('ec', { namedCurve: kind }).publicKey

    const to = { issuer: authority, console: consoleId, group, instance, publicKey, at: issuedAt }

    expect(await outcomeOfAsync(async () => issueInstance(to))).toBe('TRUST_WRONG_KEY')
  })

  test.each([0, -1, 1.5, 91, Number.NaN])('a bootstrap life of %d days', async (days) => {
    const to = { issuer: authority, console: consoleId, group, publicKey: makePrivateKey(), at: issuedAt, days }

    expect(await outcomeOfAsync(async () => issueBootstrap(to))).toBe('TRUST_WRONG_PROFILE')
  })

  test('an issuer of the wrong kind, another group, and another’s key', async () => {
    const publicKey = publicKeyOf(makePrivateKey())
    const to = { console: consoleId, group, instance, publicKey, at: issuedAt }
    const swapped = { certificate: authority.certificate, privateKey: makePrivateKey() }

    expect(await outcomeOfAsync(async () => issueInstance({ ...to, issuer: root }))).toBe('TRUST_WRONG_PROFILE')
    expect(await outcomeOfAsync(async () => issueInstance({ ...to, issuer: authority, group: makeId() }))).toBe(
      'TRUST_WRONG_PROFILE',
    )
    expect(
      await outcomeOfAsync(async () => issueInstance({ ...to, issuer: authority, console: makeId<ConsoleId>() })),
    ).toBe('TRUST_WRONG_PROFILE')
    expect(await outcomeOfAsync(async () => issueInstance({ ...to, issuer: swapped }))).toBe('TRUST_WRONG_KEY')
    expect(await outcomeOfAsync(async () => issueTlsServer({ ...to, issuer: root, hosts: [] }))).toBe(
      'TRUST_WRONG_PROFILE',
    )
  })
})

describe.skipIf(!hasOpenssl)('OpenSSL agrees', () => {
  const verify = (leaf: Certificate, intermediates: readonly Certificate[], ...more: readonly string[]) =>
    openssl(
      {
        root: certificatePem(root.certificate),
        between: intermediates.map(certificatePem).join(''),
        leaf: certificatePem(leaf),
      },
      'verify',
      '-x509_strict',
      '-attime',
      String(issuedAt.getTime() / 1000),
      '-CAfile',
      'root',
      ...(intermediates.length === 0 ? [] : ['-untrusted', 'between']),
      ...more,
      'leaf',
    ).toString()

  test.each(names)('that the chain of %s is good', (profile) => {
    const { leaf, intermediates } = request(profile)

    expect(verify(leaf, intermediates)).toBe('leaf: OK\n')
  })

  test('that the server certificate is one for TLS and for its names', () => {
    const said = verify(leaves.tlsServer, [], '-purpose', 'sslserver', '-verify_hostname', 'relay.example.com')

    expect(said).toBe('leaf: OK\n')
  })

  test('that the name constraint confines a group authority', async () => {
    const forged = await signCertificate({
      profile: 'instance',
      commonName: 'forged',
      issuer: authority.certificate,
      signingKey: authority.privateKey,
      publicKey: publicKeyOf(makePrivateKey()),
      at: issuedAt,
      identity: { role: 'connector', console: consoleId, group: makeId<GroupId>(), instance },
    })

    expect(() => verify(forged, [authority.certificate])).toThrow(/permitted subtree violation/)
  })
})
