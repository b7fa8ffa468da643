/**
 * Samba Active Directory synchronized by a whole Sallygate: what the console has is what an independent client finds,
 * after the first run, after each kind of change, and at another domain controller.
 *
 * @module
 */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { missingForSamba, sambaAdmin, type SambaDomain, type SambaServer } from '../directory/samba-server.ts'
import { adPerson, makeAdDomain } from './active-directory.ts'
import { Administrator } from './administrator.ts'
import { officeChanges } from './changes.ts'
import { adSettings, readAd } from './lives.ts'
import { adPlace } from './places.ts'
import { looksAtFields, Synced, withFieldsOf } from './synced.ts'

const missing = missingForSamba()
if (missing !== undefined) console.log(`skipped: a whole sync of Samba Active Directory, ${missing}`)

const crowd = 4990

describe.skipIf(missing !== undefined)('Samba Active Directory, synchronized', { timeout: 120_000 }, () => {
  let domain: SambaDomain
  /** The second is a copy of the first as it was made, with an invocationId of its own. */
  let servers: readonly SambaServer[]
  let synced: Synced
  let admins: readonly Administrator[]

  beforeAll(async () => {
    domain = makeAdDomain(crowd)
    servers = [
      await domain.start(),
      await domain.start({ host: 'dc2.corp.test', invocationId: Buffer.alloc(16, 0x5a) }),
    ]
    synced = await Synced.open(adSettings(servers))
    admins = await Promise.all(
      servers.map(({ address, authority, host }) =>
        Administrator.bind({
          url: `ldaps://${address}:636`,
          authority,
          serverName: host,
          user: sambaAdmin.name,
          password: sambaAdmin.password,
        }),
      ),
    )
  }, 400_000)
  afterAll(async () => {
    // Servers first: an administrator of one that was killed takes a while to say goodbye.
    await Promise.allSettled((servers ?? []).map((server) => server.stop()))
    domain?.remove()
    await synced?.close()
    await Promise.allSettled((admins ?? []).map((admin) => admin.close()))
  }, 60_000)

  const same = async (at = 0) =>
    expect(await synced.picture(looksAtFields)).toEqual(
      withFieldsOf(await readAd(servers[at] as SambaServer), looksAtFields),
    )
  /** What replication would do. */
  const everywhere = async (make: (admin: Administrator) => Promise<void>) => {
    for (const admin of admins) await make(admin)
  }
  test('the first run brings everything: 5,000 in one group, three levels, a ring, a primary group', async () => {
    const run = await synced.sync()

    expect(run).toMatchObject({ state: 'done', full: true, counts: { added: crowd + 19, failed: 0 } })
    await same()
  })

  test('who is expired, locked, disabled or has to change the password is shown as that', async () => {
    const find = async (login: string) => {
      const { users } = await synced.ask('GET', `directory/users?search=${login}`)
      return (users as { id: string; login: string }[]).find((user) => user.login === login)
    }
    const must = await find('must')

    expect(await find('past')).toMatchObject({ isExpired: true, isDisabled: false })
    expect(await find('off')).toMatchObject({ isDisabled: true })
    expect(await find('lock')).toMatchObject({ isLocked: true })
    expect(await synced.ask('GET', `directory/users/${must?.id ?? ''}`)).toMatchObject({ mustChangePassword: true })
  })

  test('a run without changes changes nothing, and goes by the update number', async () => {
    const run = await synced.sync()

    expect(run).toMatchObject({ state: 'done', full: false, method: 'usn', deletions: 'tombstones' })
    expect(run.counts).toMatchObject({ added: 0, changed: 0, moved: 0, removed: 0 })
  })

  test.each(officeChanges)('the next run notices that $says', async ({ make }) => {
    await everywhere((admin) => make(admin, adPlace))

    const run = await synced.sync()

    expect(run).toMatchObject({ state: 'done', full: false })
    await same()
  })

  test('the next run notices that a primary group changes', async () => {
    const prime = adPerson({ name: 'Pru Prime', unit: 'sales' })
    await everywhere((admin) => admin.set(prime, 'primaryGroupID', '513'))

    expect(await synced.sync()).toMatchObject({ state: 'done', full: false })

    await same()
  })

  test('a domain controller that is gone: the other one is read anew, and its numbers are not mixed with those of the first', async () => {
    await servers[0]?.process.kill()
    await admins[1]?.set(adPerson({ name: 'Ada Lovelace', unit: 'sales' }), 'telephoneNumber', '+49 30 77')

    const run = await synced.sync()

    // New Hire came at each of the copies, with an identifier of its own; everybody else is the same at both.
    expect(run).toMatchObject({ state: 'done', full: true, counts: { added: 1, removed: 1 } })
    await same(1)
    const next = await synced.sync()
    expect(next).toMatchObject({ state: 'done', full: false, counts: { changed: 0 } })
  })

  test('more removals than a safeguard allows are held, and everybody in it stays', async () => {
    const before = await synced.picture(() => false)
    // The domain controller takes its time over each: everybody is in a group of five thousand.
    const safeguards = {
      maxRemovals: 20,
      maxRemovalsPercent: 100,
      maxChangesPercent: 100,
      maxMembershipsRemovedPercent: 100,
    }
    await synced.configure({ ...adSettings(servers), sync: { safeguards } })
    for (let at = 1; at <= 21; at++)
      await admins[1]?.remove(adPerson({ name: `crowd${String(at).padStart(5, '0')}`, unit: 'sales' }))

    const held = await synced.sync()

    expect(held.state).toBe('held')
    expect(await synced.picture(() => false)).toEqual(before)
    await synced.ask('POST', `directory/sync/runs/${held.id}/release`, { note: 'they have left' })
    expect(await synced.end(held)).toMatchObject({ state: 'done', counts: { removed: 21 } })
    await same(1)
  })
})
