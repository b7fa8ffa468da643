import { generateKeyPairSync } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import { fromHex } from '@sallygate/base/bytes'
import { verifyChain } from './chain.ts'
import { tag } from './der.ts'
import { writeDer, writeOid } from './der-writer.ts'
import { extensionId } from './extension.ts'
import { makePrivateKey, publicKeyOf } from './key.ts'
import { findPath } from './path.ts'
import { anyPurpose, purpose } from './profile.ts'
import { forge, type Forgery } from './test-forge.ts'
import { issuedAt as at, makeIdentities } from './test-identities.ts'
import { outcomeOf } from './test-tamper.ts'

const them = await makeIdentities()
const { root, authority, connector, signing } = them
const anchors = [root.certificate]
const purposes = (...ids: readonly string[]) => writeDer(tag.sequence, ...ids.map(writeOid))

async function verdict(change: Forgery, model = connector.certificate): Promise<string> {
  const leaf = await forge(model, authority, change)
  return outcomeOf(() =>
    verifyChain({ leaf, intermediates: [authority.certificate], anchors, profile: 'instance', at }),
  )
}

test('a copy that changes nothing is accepted, so that what follows is about the change', async () => {
  expect(await verdict({})).toBe('accepted')
})

describe('signed by the right authority, a connector certificate is still refused', () => {
  test.each([
    ['a P-384 key', { publicKey: generateKeyPairSync('ec', { namedCurve: 'P-384' }).publicKey }, 'TRUST_WRONG_PROFILE'],
    ['a P-521 key', { publicKey: generateKeyPairSync('ec', { namedCurve: 'P-521' }).publicKey }, 'TRUST_UNTRUSTED'],
    ['an RSA key', { publicKey: generateKeyPairSync('rsa', { modulusLength: 2048 }).publicKey }, 'TRUST_UNTRUSTED'],
    ['an Ed25519 key', { publicKey: generateKeyPairSync('ed25519').publicKey }, 'TRUST_UNTRUSTED'],
    [
      'a second purpose',
      { extensions: { [extensionId.extendedKeyUsage]: purposes(purpose.connectorMessages, purpose.consoleMessages) } },
      'TRUST_WRONG_PROFILE',
    ],
    [
      'every purpose',
      { extensions: { [extensionId.extendedKeyUsage]: purposes(purpose.connectorMessages, anyPurpose) } },
      'TRUST_UNTRUSTED',
    ],
    ['no purpose', { extensions: { [extensionId.extendedKeyUsage]: undefined } }, 'TRUST_UNTRUSTED'],
    ['no key usage', { extensions: { [extensionId.keyUsage]: undefined } }, 'TRUST_UNTRUSTED'],
    [
      'the right to sign certificates',
      { extensions: { [extensionId.keyUsage]: fromHex('03020284') } },
      'TRUST_UNTRUSTED',
    ],
    ['authority', { extensions: { [extensionId.basicConstraints]: fromHex('30030101ff') } }, 'TRUST_UNTRUSTED'],
    ['no name', { extensions: { [extensionId.subjectAlternativeName]: undefined } }, 'TRUST_UNTRUSTED'],
  ])('with %s', async (_, change, code) => {
    expect(await verdict(change)).toBe(code)
  })

  test('with the console’s name and a connector’s purpose', async () => {
    const extensions = { [extensionId.extendedKeyUsage]: purposes(purpose.connectorMessages) }

    expect(await verdict({ extensions }, signing.certificate)).toBe('TRUST_WRONG_PROFILE')
  })
})

test('the right key under another name is another issuer', async () => {
  const renamed = await forge(authority.certificate, authority, { commonName: 'Sallygate group other' })
  const search = () =>
    findPath({
      leaf: connector.certificate,
      intermediates: [],
      anchors: [renamed],
      at,
      purpose: purpose.connectorMessages,
    })

  expect(outcomeOf(search)).toBe('TRUST_UNTRUSTED')
})

test('a group authority cannot hand out a purpose it does not list', async () => {
  const extensions = { [extensionId.extendedKeyUsage]: purposes(purpose.serverAuthentication) }
  const leaf = await forge(connector.certificate, authority, { extensions })
  const path = (of: string) => () =>
    findPath({ leaf, intermediates: [authority.certificate], anchors, at, purpose: of })

  expect(path(purpose.serverAuthentication)).toThrow(
    expect.objectContaining({ details: { because: 'purpose that the authority may not issue for' } }),
  )
})

test('a leaf that signs another is refused', async () => {
  const own = { certificate: connector.certificate, privateKey: connector.privateKey }
  const leaf = await forge(connector.certificate, own, { publicKey: publicKeyOf(makePrivateKey()) })
  const request = { leaf, intermediates: [connector.certificate, authority.certificate], anchors, at } as const

  expect(outcomeOf(() => verifyChain({ ...request, profile: 'instance' }))).toBe('TRUST_UNTRUSTED')
})
