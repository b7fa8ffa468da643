/**
 * Enrolling: codes, installers, and who gets no answer.
 *
 * @module
 */
import { randomBytes } from '@sallygate/base/bytes'
import { Secret } from '@sallygate/base/secret'
import { keyIdOf, makePrivateKey, openInstallerFile, parseCertificate } from '@sallygate/trust'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { DeskOffice } from '../testing/desk-office.ts'

const dayMs = 86_400_000
const relay = { enabled: true, externalUrl: 'https://relay.test/awcm', internalUrl: 'https://relay.test/awcm' }

let office: DeskOffice
beforeEach(async () => {
  office = new DeskOffice()
  await office.open()
})
afterEach(() => office.close())

describe('enrolling', () => {
  test('by code gives an identity of the group, and the relay is told', async () => {
    const host = await office.host()

    expect(host.enrolled).toMatchObject({ group: office.group.id, groupName: 'Acme' })
    expect(parseCertificate(host.enrolled.certificate).keyId).toBe(keyIdOf(host.privateKey))
    expect(office.book.list(office.group.id)).toMatchObject([{ name: 'host', isRevoked: false }])
    expect(office.admissions).toBe(1)
  })

  test('with a code that has expired, or was used, is refused by name', async () => {
    const late = await office.invitation(office.group, 1)
    await office.clock.advance(61_000)
    const used = await office.invitation()
    await office.ask(used, makePrivateKey())

    const answers = [await office.ask(late, makePrivateKey()), await office.ask(used, makePrivateKey())]

    expect(answers).toMatchObject([
      { kind: 'refused', failure: 'CONSOLE_CODE_EXPIRED' },
      { kind: 'refused', failure: 'CONSOLE_CODE_USED' },
    ])
    expect(office.book.list()).toHaveLength(1)
  })

  test('with a code nobody made, or a wrong proof, gets no answer at all', async () => {
    const right = await office.invitation()
    if (right.method !== 'code') throw new Error('a code')

    await expect(office.ask({ ...right, codeId: '00'.repeat(16) }, makePrivateKey())).rejects.toMatchObject({
      code: 'ENVELOPE_CANNOT_OPEN',
    })
    await expect(office.ask({ ...right, macKey: randomBytes(32) }, makePrivateKey())).rejects.toMatchObject({
      code: 'ENVELOPE_CANNOT_OPEN',
    })
    expect((await office.store.enrollmentCodes.find(right.codeId))?.usedAt).toBeUndefined()
  })

  test('with a code made for one group never ends in another', async () => {
    const other = await office.groups.add('Other')

    const host = await office.host(other)

    expect(host.enrolled.group).toBe(other.id)
  })

  test('by installer counts its uses and its days', async () => {
    const made = await office.installers.make({
      group: office.group,
      certificatePassword: undefined,
      uses: 2,
      days: 3,
      relay,
    })
    const opened = await openInstallerFile(
      Buffer.from(made.installer),
      made.certificatePassword ?? new Secret(''),
      office.clock.now(),
    )
    const invitation = {
      method: 'bootstrap',
      certificate: opened.bootstrap.certificate.der,
      privateKey: opened.bootstrapKey,
    } as const
    const answers = [
      await office.ask(invitation, makePrivateKey()),
      await office.ask(invitation, makePrivateKey()),
      await office.ask(invitation, makePrivateKey()),
    ]

    expect(answers.map((answer) => (answer.kind === 'refused' ? answer.failure : answer.kind))).toEqual([
      'enrolled',
      'enrolled',
      'CONSOLE_INSTALLER_SPENT',
    ])
    const second = await office.installers.make({
      group: office.group,
      certificatePassword: new Secret('a password of ours'),
      uses: 5,
      days: 3,
      relay,
    })
    const late = await openInstallerFile(
      Buffer.from(second.installer),
      new Secret('a password of ours'),
      office.clock.now(),
    )
    await office.clock.advance(4 * dayMs)
    const answer = await office.ask(
      { method: 'bootstrap', certificate: late.bootstrap.certificate.der, privateKey: late.bootstrapKey },
      makePrivateKey(),
    )
    expect(answer).toMatchObject({ failure: 'CONSOLE_INSTALLER_SPENT' })
  })

  test('with the identity of an instance instead of an installer gets no answer', async () => {
    const { privateKey, enrolled } = await office.host()

    const attempt = office.ask({ method: 'bootstrap', certificate: enrolled.certificate, privateKey }, makePrivateKey())

    await expect(attempt).rejects.toMatchObject({ code: 'ENVELOPE_CANNOT_OPEN' })
  })
})
