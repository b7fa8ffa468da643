/**
 * Upkeep: trust sets, signing certificates, identities and descriptors, renewed in time.
 *
 * @module
 */
import { sha256, toHex } from '@sallygate/base/bytes'
import { thumbprints } from '@sallygate/trust'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { DeskOffice } from '../testing/desk-office.ts'

const dayMs = 86_400_000

let office: DeskOffice
beforeEach(async () => {
  office = new DeskOffice()
  await office.open()
})
afterEach(() => office.close())

describe('upkeep', () => {
  test('a trust set is renewed after six hours, with a higher number', async () => {
    const first = await office.trustSets.current(office.group.id)
    const same = await office.trustSets.current(office.group.id)
    await office.clock.advance(6 * 3_600_000)

    const next = await office.trustSets.current(office.group.id)

    expect(same.number).toBe(first.number)
    expect(next.number).toBeGreaterThan(first.number)
  })

  test('T28: a number is above those of a later life, when an old backup was restored', async () => {
    const before = (await office.trustSets.renew(office.group.id)).number
    await office.clock.advance(dayMs)

    const after = (await office.trustSets.renew(office.group.id)).number

    expect(after - before).toBeGreaterThan(1000)
  })

  test('a new signing certificate is known a day before it signs', async () => {
    const { keyId: first } = (await office.authorities.signer(office.group.id)).certificate
    await office.clock.advance(61 * dayMs)
    await office.upkeep()

    const { signers } = await office.authorities.of(office.group.id)
    const during = (await office.authorities.signer(office.group.id)).certificate.keyId
    await office.clock.advance(dayMs)
    const later = (await office.authorities.signer(office.group.id)).certificate.keyId

    expect(signers).toHaveLength(2)
    expect(during).toBe(first)
    expect(later).toBe(signers[1]?.certificate.keyId)
  })

  test('an identity is renewed in time and descriptors go on verifying', async () => {
    const before = office.installation.identity.certificate.keyId
    await office.clock.advance(250 * dayMs)

    await office.upkeep()

    expect(office.installation.identity.certificate.keyId).not.toBe(before)
    expect(office.descriptor().descriptor.console).toBe(office.installation.console)
  })

  test('a descriptor never has less than half its life left, and is ours until it ends', async () => {
    const first = office.descriptors.current()
    await office.clock.advance(14 * 3_600_000)
    const second = office.descriptors.current()
    const digest = toHex(sha256(first))

    expect(second).not.toEqual(first)
    expect(office.descriptors.isOwn(digest)).toBe(true)
    await office.clock.advance(12 * 3_600_000)
    expect(office.descriptors.isOwn(digest)).toBe(false)
  })
})

test('thumbprints of a group’s certificates are those of its files', async () => {
  const { authority } = await office.authorities.of(office.group.id)
  const row = await office.store.certificates.current('groupAuthority', office.group.id)

  expect(thumbprints(authority)).toEqual(thumbprints(row ?? { der: Buffer.alloc(0) }))
})
