/**
 * What every store has to keep about rotations of keys. A part of `suite.ts`.
 *
 * @module
 */
import { describe, expect, test } from 'vitest'
import { randomBytes, toHex } from '@sallygate/base/bytes'
import type { OpenedStore } from './suite.ts'

const day = 86_400_000

export function rotationsSuite(opened: () => OpenedStore): void {
  describe('rotations', () => {
    const store = () => opened().store
    const later = (ms: number) => new Date(opened().now().getTime() + ms)
    const rotation = (group: string) => ({
      group,
      cause: 'regenerate' as const,
      scope: 'all' as const,
      startedBy: 'ada',
      graceEndsAt: later(7 * day),
      authority: 'a',
      signing: 's',
    })

    test('a group has one under way at most, however many begin at once', async () => {
      const { id: group } = await store().groups.add({ name: 'Acme' })
      const { id: other } = await store().groups.add({ name: 'Other' })

      const begun = await Promise.allSettled(Array.from({ length: 6 }, () => store().rotations.add(rotation(group))))
      await store().rotations.add(rotation(other))

      expect(begun.filter(({ status }) => status === 'fulfilled')).toHaveLength(1)
      expect((await store().rotations.running(group)).map(({ state }) => state)).toEqual(['announced'])
      expect(await store().rotations.running()).toHaveLength(2)
    })

    test('one that is over makes room for the next, and stays to be read', async () => {
      const { id: group } = await store().groups.add({ name: 'Acme' })
      const first = await store().rotations.add(rotation(group))
      await store().rotations.advance(first.id, { trustSetNumber: 7 })
      await store().rotations.advance(first.id, { state: 'done', endedAt: opened().now(), leftBehind: 2 })

      const second = await store().rotations.add({ ...rotation(group), cause: 'revokeNow' }, opened().now())

      expect((await store().rotations.list(group)).map(({ id }) => id)).toEqual([second.id, first.id])
      expect((await store().rotations.list(group)).at(1)).toMatchObject({ trustSetNumber: 7, leftBehind: 2 })
      expect(second).toMatchObject({ state: 'switched', trustSetNumber: undefined, switchedAt: opened().now() })
    })

    test('what is announced is not the current one of its kind', async () => {
      const { id: group } = await store().groups.add({ name: 'Acme' })
      const certificate = () => ({
        group,
        kind: 'groupAuthority' as const,
        der: randomBytes(300),
        keyId: toHex(randomBytes(32)),
        serial: toHex(randomBytes(16)),
        notBefore: opened().now(),
        notAfter: later(90 * day),
      })
      const old = await store().certificates.add(certificate())
      const next = await store().certificates.add(certificate(), 'announced')

      expect((await store().certificates.current('groupAuthority', group))?.id).toBe(old.id)
      await store().certificates.setStatus(old.id, 'retired')
      await store().certificates.setStatus(next.id, 'active')
      expect((await store().certificates.current('groupAuthority', group))?.id).toBe(next.id)
    })
  })
}
