/**
 * Two domain controllers of one domain that replicate, each with its own numbers: one is killed in the middle of a run,
 * and what the run comes to is what a clean one would.
 *
 * @module
 */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import {
  ldb,
  missingForSamba,
  sambaAdmin,
  type ReplicatedServer,
  type SambaDomain,
  type SambaServer,
} from '../directory/samba-server.ts'
import { adPerson, adTeam, makeAdDomain } from './active-directory.ts'
import { Administrator } from './administrator.ts'
import { adSettings, readAd } from './lives.ts'
import { entry } from './office.ts'
import { adPlace } from './places.ts'
import { looksAtFields, Synced, withFieldsOf } from './synced.ts'

const missing = missingForSamba()
if (missing !== undefined) console.log(`skipped: two domain controllers that replicate, ${missing}`)

const crowd = 2000

describe.skipIf(missing !== undefined)('two domain controllers that replicate', { timeout: 240_000 }, () => {
  let domain: SambaDomain
  let first: SambaServer
  let second: ReplicatedServer
  let synced: Synced
  const admins: Administrator[] = []

  beforeAll(async () => {
    domain = makeAdDomain(crowd)
    first = await domain.start({ takesOthers: true })
    second = await domain.join(first, 'dc2')
    const safeguards = {
      maxRemovals: 100,
      maxRemovalsPercent: 100,
      maxChangesPercent: 100,
      maxMembershipsRemovedPercent: 100,
    }
    synced = await Synced.open({ ...adSettings([first, second]), sync: { safeguards } })
  }, 400_000)
  afterAll(async () => {
    await Promise.allSettled([first?.stop(), second?.stop()])
    domain?.remove()
    await synced?.close()
    await Promise.allSettled(admins.map((admin) => admin.close()))
  }, 60_000)

  const administer = async ({ address, authority, host }: SambaServer) => {
    const { name: user, password } = sambaAdmin
    const admin = await Administrator.bind({
      url: `ldaps://${address}:636`,
      authority,
      serverName: host,
      user,
      password,
    })
    admins.push(admin)
    return admin
  }
  const sameAs = async (server: SambaServer) =>
    expect(await synced.picture(looksAtFields)).toEqual(withFieldsOf(await readAd(server), looksAtFields))

  /** Everybody in the crowd has another telephone: enough to read that there is a middle. */
  const manyChanges = (telephone: string) => {
    const lines = Array.from({ length: crowd }, (_, at) => `crowd${String(at).padStart(5, '0')}`).map((name, at) =>
      entry(
        adPerson({ name, unit: at % 50 === 0 ? 'sales/north' : 'sales' }),
        'changetype: modify',
        'replace: telephoneNumber',
        `telephoneNumber: ${telephone}`,
      ),
    )
    const database = first.configurationFile.replace(/smb\.conf$/, 'domain/private/sam.ldb')
    for (let at = 0; at < lines.length; at += 500)
      ldb('ldbmodify', database, first.configurationFile, lines.slice(at, at + 500).join(''))
  }

  test('the first run, and the next by the numbers of the first controller', async () => {
    expect(await synced.sync()).toMatchObject({ state: 'done', full: true })
    const admin = await administer(first)
    await admin.add(adPlace.person({ name: 'New Hire', unit: 'sales' }), adPlace.newPerson('hire'))
    await admin.addValues(
      adTeam({ name: 'level-2', unit: 'teams' }),
      'member',
      adPerson({ name: 'New Hire', unit: 'sales' }),
    )

    const run = await synced.sync()

    expect(run).toMatchObject({ full: false, method: 'usn', server: `${first.address}:636`, counts: { added: 1 } })
    await sameAs(first)
  })

  test('killed in the middle of an incremental run: the other one is read anew, and nobody is missing or doubled', async () => {
    manyChanges('+49 30 77')
    const admin = await administer(first)
    await admin.remove(adPerson({ name: 'Pia Past', unit: 'archive' }))
    await admin.move(adPerson({ name: 'Max Must', unit: 'archive' }), adPerson({ name: 'Max Must', unit: 'sales' }))
    second.replicate()
    const begun = await synced.begin()
    await synced.installation.until(
      async () => (await synced.run(begun.id)).progress.done > 0,
      60_000,
      'the run has read somebody',
    )
    await first.process.kill()

    const run = await synced.end(begun, 200_000)

    expect(run).toMatchObject({
      state: 'done',
      full: true,
      server: `${second.address}:636`,
      counts: { added: 0, removed: 1 },
    })
    expect(run.fullBecause).toMatch(/another server/i)
    expect(run.restarts).toBeGreaterThan(0)
    await sameAs(second)
  })

  test('from then on by the numbers of the other one', async () => {
    const admin = await administer(second)
    await admin.set(adPerson({ name: 'Ada Lovelace', unit: 'sales' }), 'telephoneNumber', '+49 30 78')

    const run = await synced.sync()

    expect(run).toMatchObject({ full: false, method: 'usn', server: `${second.address}:636`, counts: { changed: 1 } })
    await sameAs(second)
  })
})
