import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { Secret } from '@sallygate/base/secret'
import { makeId } from './identity.ts'
import { makeInstallerFacts, makeInstallerFile, openInstallerFile, verifyInstallerFacts } from './installer.ts'
import { writePkcs12 } from './pkcs12-writer.ts'
import { after, dayMs, issuedAt, makeGroup, makeIdentities } from './test-identities.ts'
import { outcomeOf, outcomeOfAsync, tampered } from './test-tamper.ts'

const them = await makeIdentities()
const stranger = await makeIdentities()
const { root, identity, bootstrap, authority, group, relay, console: consoleId } = them
const facts = {
  console: consoleId,
  group,
  groupName: 'Acme / EMEA',
  relay,
  relayUrl: 'wss://relay.example.com:8443/',
  relayTlsCa: '-----BEGIN CERTIFICATE-----\n…',
  issuedAt,
}
const content = { facts, identity, bootstrap, authority: authority.certificate, root: root.certificate }
const password = new Secret('correct horse battery staple')
const file = await makeInstallerFile(content, password)
const parts = JSON.parse(file) as Readonly<Record<'format' | 'facts' | 'signature' | 'pkcs12', string>>
const expected = { root: root.certificate, now: issuedAt }

const open = (text: string, { word = password, now = issuedAt } = {}) =>
  outcomeOfAsync(async () => openInstallerFile(Buffer.from(text), word, now))

test('an installer gives back its facts, its bootstrap identity and whom to believe', async () => {
  const opened = await openInstallerFile(Buffer.from(`${file}\r\n`), password, issuedAt)

  expect(opened.facts).toEqual(facts)
  expect(opened.bootstrap.keyId).toBe(bootstrap.certificate.keyId)
  expect(opened.bootstrap.groupId).toBe(group)
  expect(opened.bootstrapKey.equals(bootstrap.privateKey)).toBe(true)
  expect(opened.root.keyId).toBe(root.certificate.keyId)
  expect(opened.authority.keyId).toBe(authority.certificate.keyId)
})

test('whatever the facts say survives being written and read', () => {
  const anyText = fc.string({ unit: 'grapheme', maxLength: 60 }).filter((text) => text.isWellFormed())

  fc.assert(
    fc.property(anyText, anyText, fc.option(anyText, { nil: undefined }), (groupName, relayUrl, relayTlsCa) => {
      const { relayTlsCa: _, ...rest } = facts
      const said = { ...rest, groupName, relayUrl, ...(relayTlsCa === undefined ? {} : { relayTlsCa }) }

      expect(verifyInstallerFacts(makeInstallerFacts(said, identity, root.certificate), expected)).toEqual(said)
    }),
    { numRuns: 25 },
  )
})

test('no changed bit, cut or added byte of the facts gets through', () => {
  const encoded = makeInstallerFacts(facts, identity, root.certificate)

  const outcomes = [...tampered(encoded)].map((bad) => outcomeOf(() => verifyInstallerFacts(bad, expected)))

  expect(outcomes.length).toBeGreaterThan(600)
  expect(outcomes).not.toContain('accepted')
})

describe('an installer is refused', () => {
  test('with another password', async () => {
    expect(await open(file, { word: new Secret('correct horse battery stable') })).toBe('TRUST_WRONG_PASSWORD')
  })

  test('when its bootstrap certificate has ended', async () => {
    expect(await open(file, { now: after(7 * dayMs) })).toBe('accepted')
    expect(await open(file, { now: after(7 * dayMs + 1000) })).toBe('TRUST_EXPIRED')
  })

  test('when its facts were exchanged for another console’s, signed by that one', async () => {
    const foreign = { ...facts, relayUrl: 'wss://evil.example.com/' }
    const signed = makeInstallerFacts(foreign, stranger.identity, stranger.root.certificate)
    const cut = signed.length - 64
    const swapped = {
      ...parts,
      facts: signed.subarray(0, cut).toString('base64url'),
      signature: signed.subarray(cut).toString('base64url'),
    }

    expect(await open(JSON.stringify(swapped))).toBe('TRUST_UNTRUSTED')
  })

  test('when a group’s console key, not the console’s identity, signed the facts', () => {
    const signed = makeInstallerFacts(facts, them.signing, root.certificate)

    expect(outcomeOf(() => verifyInstallerFacts(signed, expected))).toBe('TRUST_WRONG_PROFILE')
  })

  test('when the facts name another root than the bundle holds', () => {
    const signed = makeInstallerFacts(facts, identity, stranger.root.certificate)

    expect(outcomeOf(() => verifyInstallerFacts(signed, expected))).toBe('TRUST_UNTRUSTED')
  })

  test('when its bundle holds no authority, two of them, or two roots', async () => {
    const withCertificates = async (...more: readonly (typeof root.certificate)[]) => {
      const certificates = [bootstrap.certificate, ...more]
      const pkcs12 = await writePkcs12({ privateKey: bootstrap.privateKey, certificates }, password)
      return open(JSON.stringify({ ...parts, pkcs12: pkcs12.toString('base64url') }))
    }

    expect(await withCertificates(authority.certificate, root.certificate)).toBe('accepted')
    expect(await withCertificates(root.certificate)).toBe('TRUST_MALFORMED')
    expect(await withCertificates(authority.certificate)).toBe('TRUST_MALFORMED')
    expect(await withCertificates(authority.certificate, stranger.authority.certificate, root.certificate)).toBe(
      'TRUST_MALFORMED',
    )
    expect(await withCertificates(authority.certificate, stranger.root.certificate, root.certificate)).toBe(
      'TRUST_MALFORMED',
    )
  })

  test('when the facts speak of another console', () => {
    const signed = makeInstallerFacts({ ...facts, console: makeId() }, identity, root.certificate)

    expect(outcomeOf(() => verifyInstallerFacts(signed, expected))).toBe('TRUST_WRONG_GROUP')
  })

  test('when the bootstrap identity is another group’s, or a connector’s', async () => {
    const other = await makeGroup(root, consoleId)
    const misfit = await makeInstallerFile(
      { ...content, bootstrap: other.bootstrap, authority: other.authority.certificate },
      password,
    )
    const connector = await makeInstallerFile({ ...content, bootstrap: them.connector }, password)

    expect(await open(misfit)).toBe('TRUST_WRONG_GROUP')
    expect(await open(connector)).toBe('TRUST_WRONG_PROFILE')
  })

  test.each([
    ['no JSON', 'hello'],
    ['an array', '[]'],
    ['null', 'null'],
    ['another format', JSON.stringify({ ...parts, format: 'sallygate-installer/2' })],
    ['a missing part', JSON.stringify({ ...parts, signature: undefined })],
    ['a part more', JSON.stringify({ ...parts, more: 1 })],
    ['a part twice', file.replace('{', `{"facts":"",`)],
    ['padding in a part', JSON.stringify({ ...parts, facts: `${parts.facts}=` })],
    ['too much', JSON.stringify({ ...parts, pkcs12: 'A'.repeat(300_000) })],
  ])('when it is %s', async (_, text) => {
    expect(await open(text)).toBe('TRUST_MALFORMED')
  })
})
