/**
 * What every store has to keep about accounts, roles and sessions. A part of `suite.ts`.
 *
 * @module
 */
import { describe, expect, test } from 'vitest'
import { randomBytes } from '@sallygate/base/bytes'
import { Secret } from '@sallygate/base/secret'
import type { OpenedStore } from './suite.ts'

const minute = 60_000

export function accountsSuite(opened: () => OpenedStore): void {
  describe('accounts', () => {
    const store = () => opened().store
    const addAdmin = async (name = 'ada') => {
      const admin = await store().admins.add({ name, passwordHash: 'x' })
      await store().adminAccounts.add({ admin: admin.id, kind: 'local', group: undefined, expiresAt: undefined })
      return admin.id
    }

    test('a session is found by its token only, ends when it is idle, old, or ended', async () => {
      const admin = await addAdmin()
      const { token } = await store().sessions.start(admin)
      const idle = await store().sessions.start(admin)

      expect((await store().sessions.check(token.reveal()))?.admin).toBe(admin)
      expect(await store().sessions.check(`${token.reveal().slice(0, -1)}_`)).toBeUndefined()
      await opened().advance(29 * minute)
      expect(await store().sessions.check(token.reveal())).toBeDefined()
      await opened().advance(2 * minute)
      expect(await store().sessions.check(token.reveal())).toBeDefined()
      expect(await store().sessions.check(idle.token.reveal())).toBeUndefined()
      await store().sessions.end(token.reveal())
      expect(await store().sessions.check(token.reveal())).toBeUndefined()
    })

    test('of more sessions than anybody has browsers the oldest go', async () => {
      const admin = await addAdmin()
      const tokens: string[] = []
      for (let at = 0; at < 22; at++) {
        tokens.push((await store().sessions.start(admin)).token.reveal())
        await opened().advance(1000)
      }

      const alive = await Promise.all(tokens.map(async (token) => (await store().sessions.check(token)) !== undefined))

      expect(alive.filter(Boolean)).toHaveLength(20)
      expect(alive.slice(0, 2)).toEqual([false, false])
    })

    test('all sessions of an account end but the one that asks, and none of another', async () => {
      const [ada, bob] = [await addAdmin('ada'), await addAdmin('bob')]
      const [here, there, other] = [
        await store().sessions.start(ada),
        await store().sessions.start(ada),
        await store().sessions.start(bob),
      ]

      await store().sessions.endAll(ada, here.token.reveal())

      expect(await store().sessions.check(here.token.reveal())).toBeDefined()
      expect(await store().sessions.check(there.token.reveal())).toBeUndefined()
      expect(await store().sessions.check(other.token.reveal())).toBeDefined()
    })

    test('a session says what it was started with, and is ended alone by the id it is listed under', async () => {
      const [ada, bob] = [await addAdmin('ada'), await addAdmin('bob')]
      const origin = { browser: 'Firefox on Linux', addressFamily: 'IPv6' } as const
      const here = await store().sessions.start(ada, origin)
      await opened().advance(1000)
      const there = await store().sessions.start(ada)

      const listed = await store().sessions.list(ada, here.token.reveal())
      const id = listed.find(({ isThis }) => !isThis)?.id ?? ''

      expect(listed).toMatchObject([
        { browser: undefined, addressFamily: undefined },
        { ...origin, isThis: true },
      ])
      expect(listed.map((one) => one.id).filter((one) => !/^[0-9a-f]{32}$/.test(one))).toEqual([])
      expect(await store().sessions.check(id)).toBeUndefined()
      expect(await store().sessions.endOne(bob, id)).toBe(false)
      expect(await store().sessions.endOne(ada, id)).toBe(true)
      expect(await store().sessions.endOne(ada, id)).toBe(false)
      expect(await store().sessions.check(there.token.reveal())).toBeUndefined()
      expect(await store().sessions.check(here.token.reveal())).toBeDefined()
    })

    test('of ten that use one code of an authenticator at once one may', async () => {
      const admin = await addAdmin()
      await store().adminAccounts.setTotp(admin, new Secret(randomBytes(20)), [])

      const used = await Promise.all(Array.from({ length: 10 }, () => store().adminAccounts.useTotpStep(admin, 7)))

      expect(used.filter(Boolean)).toHaveLength(1)
      expect(await store().adminAccounts.useTotpStep(admin, 6)).toBe(false)
      expect(await store().adminAccounts.useTotpStep(admin, 8)).toBe(true)
    })

    test('of ten that use one recovery code at once one may', async () => {
      const admin = await addAdmin()
      const digest = randomBytes(32)
      await store().adminAccounts.setTotp(admin, new Secret(randomBytes(20)), [digest])

      const used = await Promise.all(
        Array.from({ length: 10 }, () => store().adminAccounts.useRecoveryCode(admin, digest)),
      )

      expect(used.filter(Boolean)).toHaveLength(1)
    })

    test('a second factor comes back as it was, and is gone when it is taken off', async () => {
      const admin = await addAdmin()
      const secret = randomBytes(20)
      await store().adminAccounts.setTotp(admin, new Secret(secret), [])

      expect(Buffer.from((await store().adminAccounts.totpSecret(admin))?.reveal() ?? [])).toEqual(secret)
      expect((await store().adminAccounts.find(admin))?.hasTotp).toBe(false)
      await store().adminAccounts.confirmTotp(admin)
      expect((await store().adminAccounts.find(admin))?.hasTotp).toBe(true)
      await store().adminAccounts.clearTotp(admin)
      expect(await store().adminAccounts.totpSecret(admin)).toBeUndefined()
    })

    test('a role is one name in its group, given once, and gone with who had it', async () => {
      const admin = await addAdmin()
      const role = await store().roles.add({ name: 'Watcher', group: undefined, resources: ['status:read'] })
      const assignment = { subjectKind: 'admin' as const, subject: admin, role: role.id, group: undefined }
      await Promise.all(Array.from({ length: 5 }, () => store().roles.assign(assignment)))

      await expect(store().roles.add({ name: 'WATCHER', group: undefined, resources: [] })).rejects.toMatchObject({
        code: 'STORE_NAME_TAKEN',
      })
      expect(await store().roles.assignmentsOf('admin', admin)).toEqual([assignment])
      await store().transaction((inside) => inside.roles.remove(role.id))
      expect(await store().roles.assignmentsOf('admin', admin)).toEqual([])
      expect(await store().roles.find(role.id)).toBeUndefined()
    })

    test('an account goes with everything that was its own, and frees its name', async () => {
      const admin = await addAdmin()
      const { token } = await store().sessions.start(admin)
      await store().roles.assign({ subjectKind: 'admin', subject: admin, role: 'auditor', group: undefined })

      await store().transaction((inside) => inside.adminAccounts.remove(admin))

      expect(await store().sessions.check(token.reveal())).toBeUndefined()
      expect(await store().roles.assignments()).toEqual([])
      expect(await store().admins.list()).toEqual([])
      expect(await addAdmin()).not.toBe(admin)
    })

    test('changes that each read first are made one after the other', async () => {
      const [ada, bob] = [await addAdmin('ada'), await addAdmin('bob')]
      // Each leaves only if another one stays.
      const leave = (admin: string) =>
        store().transaction(async (inside) => {
          await inside.adminAccounts.holdAll()
          const left = (await inside.adminAccounts.list()).filter(({ disabledAt }) => disabledAt === undefined)
          if (left.length > 1) await inside.adminAccounts.change(admin, { disabledAt: opened().now() })
        })

      await Promise.all([leave(ada), leave(bob)])

      const left = (await store().adminAccounts.list()).filter(({ disabledAt }) => disabledAt === undefined)
      expect(left).toHaveLength(1)
    })
  })
}
