/**
 * Samba Active Directory synchronized by DirSync: what the console has is what an independent client finds, after each
 * kind of change, as an administrator and as an account that may only read.
 *
 * @module
 */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { missingForSamba, sambaAdmin, type SambaDomain, type SambaServer } from '../directory/samba-server.ts'
import { adBase, makeAdDomain } from './active-directory.ts'
import { Administrator } from './administrator.ts'
import { readPass, syncStart } from './agent-reading.ts'
import { officeChanges } from './changes.ts'
import { adSettings, readAd, startLife } from './lives.ts'
import { officePassword } from './office.ts'
import { adPlace } from './places.ts'
import { Synced } from './synced.ts'

const missing = missingForSamba()
if (missing !== undefined) console.log(`skipped: DirSync with Samba Active Directory, ${missing}`)

const crowd = 60
const byDirSync = { incremental: 'dirSync' } as const

describe.skipIf(missing !== undefined)('Samba Active Directory, by DirSync', { timeout: 120_000 }, () => {
  let domain: SambaDomain
  let server: SambaServer
  let admin: Administrator

  beforeAll(async () => {
    domain = makeAdDomain(crowd)
    server = await domain.start()
    const { address, authority, host } = server
    admin = await Administrator.bind({
      url: `ldaps://${address}:636`,
      authority,
      serverName: host,
      user: sambaAdmin.name,
      password: sambaAdmin.password,
    })
  }, 200_000)
  afterAll(async () => {
    await server?.stop()
    domain?.remove()
    await admin?.close()
  }, 60_000)

  /** May read, and nothing else: neither the right to replicate nor the deleted objects. */
  const reader = { bindDn: 'zoe@corp.test', bindPassword: officePassword }

  describe('through console, relay and connector', () => {
    const synced: { asAdmin?: Synced; asReader?: Synced } = {}

    beforeAll(async () => {
      const settings = { ...adSettings([server]), sync: byDirSync }
      synced.asAdmin = await Synced.open(settings)
      synced.asReader = await Synced.open({ ...settings, ...reader })
      await synced.asAdmin.sync()
      await synced.asReader.sync()
    }, 120_000)
    afterAll(async () => {
      await synced.asAdmin?.close()
      await synced.asReader?.close()
    }, 60_000)

    const syncBoth = async () => {
      for (const one of [synced.asAdmin, synced.asReader])
        expect(await one?.sync()).toMatchObject({ state: 'done', full: false, method: 'dirSync' })
    }
    const sameAtBoth = async () => {
      const want = await readAd(server)
      expect(await synced.asAdmin?.picture()).toEqual(want)
      expect(await synced.asReader?.picture()).toEqual(want)
    }

    test('a run without changes changes nothing; an account that may not see the deleted objects is told by a sweep', async () => {
      await sameAtBoth()

      expect(await synced.asAdmin?.sync()).toMatchObject({
        full: false,
        method: 'dirSync',
        deletions: 'tombstones',
        counts: { added: 0, changed: 0, moved: 0, removed: 0 },
      })
      expect(await synced.asReader?.sync()).toMatchObject({ full: false, method: 'dirSync', deletions: 'sweep' })
    })

    test.each(officeChanges)('the next run notices that $says', async ({ make }) => {
      await make(admin, adPlace)

      await syncBoth()

      await sameAtBoth()
    })

    test('what is changed outside of the base, and what nobody looks at, changes nothing', async () => {
      await admin.set('CN=Guest,CN=Users,DC=corp,DC=test', 'description', 'changed')
      await admin.set(adPlace.person({ name: 'Ada Lovelace', unit: 'sales' }), 'comment', 'changed')

      expect(await synced.asAdmin?.sync()).toMatchObject({ full: false, counts: { changed: 0, removed: 0 } })
      await sameAtBoth()
    })

    test('a person who moves out of the base has left, and is the same one when they come back', async () => {
      const inside = adPlace.person({ name: 'Ada Lovelace', unit: 'sales' })
      const outside = 'CN=Ada Lovelace,CN=Users,DC=corp,DC=test'
      await admin.move(inside, outside)
      expect(await synced.asAdmin?.sync()).toMatchObject({ counts: { removed: 1 } })

      await admin.move(outside, inside)
      await syncBoth()

      await sameAtBoth()
    })
  })

  describe('at the connector', () => {
    const open = (more: object = {}) => startLife({ ...adSettings([server]), sync: byDirSync, ...more })

    test('a cookie that was damaged leads nowhere: everything is read anew, and a good one is given', async () => {
      const life = await open()
      const { position } = await syncStart(life)
      if (position?.kind !== 'dirSync') throw new Error('no cookie')
      const damaged = { ...position, value: Buffer.from('no cookie of yours').toString('base64') }

      const again = await syncStart(life, damaged)

      expect(again).toMatchObject({ goesOn: false, because: 'cookieRefused', position: { kind: 'dirSync' } })
      expect(await syncStart(life, again.position)).toMatchObject({ goesOn: true })
      await life.stop()
    })

    test('a cookie of another domain controller is not used', async () => {
      const other = await domain.start({ host: 'dc2.corp.test', invocationId: Buffer.alloc(16, 0x5a) })
      try {
        const [here, there] = await Promise.all([open(), startLife({ ...adSettings([other]), sync: byDirSync })])
        const { position } = await syncStart(here)

        expect(await syncStart(there, position)).toMatchObject({ goesOn: false, because: 'otherServer' })
        await Promise.all([here.stop(), there.stop()])
      } finally {
        await other.stop()
      }
    })

    test('where policy draws a line inside the naming context, update numbers are used', async () => {
      const life = await open()

      const started = await syncStart(life, undefined, { baseDns: [adBase] })

      expect(started).toMatchObject({ method: 'usn', position: { kind: 'usn' } })
      await life.stop()
    })

    test('only who has changed is read, however many there are', async () => {
      const life = await open()
      const { identity, position } = await syncStart(life)
      const names = Array.from({ length: 70 }, (_, at) => `many${at}`)
      for (const name of names) await admin.add(adPlace.person({ name, unit: 'archive' }), adPlace.newPerson(name))
      if (position === undefined) throw new Error('no position')

      const { entries } = await readPass(life, { pass: 'users', identity, since: position })

      expect(entries.map(({ fields }) => fields?.['login']?.[0] ?? '').toSorted()).toEqual(names.toSorted())
      await life.stop()
    })
  })
})
