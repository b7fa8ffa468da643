/**
 * What the agent reads for a sync, against servers: all of it, or a failure by name; never some of it.
 *
 * @module
 */
import type { ServiceLife } from '@sallygate/service-kit'
import { missingProgram } from '@sallygate/testkit/peers'
import { afterEach, describe, expect, test } from 'vitest'
import { pictureOfEntries, readPass, readWhole, syncStart } from './agent-reading.ts'
import { genericSettings, readGeneric, startLife } from './lives.ts'
import { longNames, longNamesLdif } from './long-names.ts'
import { startOpenLdap, startOpenLdapPair, type OpenLdapOptions } from './open-ldap.ts'
import { missingFor389, start389 } from './three-eight-nine.ts'

const missingSlapd = missingProgram('slapd', 'Debian package slapd')
if (missingSlapd !== undefined) console.log(`skipped: sync with OpenLDAP, ${missingSlapd}`)
const missing389 = missingFor389()
if (missing389 !== undefined) console.log(`skipped: sync with 389 Directory Server, ${missing389}`)

/** An assembled reply holds 4 MiB, the spans of its trace included. */
const mostOfAnAnswer = 4 * 1024 * 1024 - 128 * 1024

const stops: (() => Promise<unknown>)[] = []
afterEach(async () => {
  for (const stop of stops.splice(0).toReversed()) await stop()
}, 30_000)

async function live(settings: Record<string, unknown>): Promise<ServiceLife> {
  const life = await startLife(settings)
  stops.push(() => life.stop())
  return life
}

describe.skipIf(missingSlapd !== undefined)('OpenLDAP', { timeout: 60_000 }, () => {
  async function open(options: OpenLdapOptions) {
    const server = await startOpenLdap(options)
    stops.push(() => server.stop())
    return server
  }

  test('5,010 people and their groups are what an independent client finds, members spelled otherwise included', async () => {
    const server = await open({ crowd: 5000 })

    const read = await readWhole(await live(genericSettings([server])))

    expect(read).toEqual(await readGeneric(server))
    expect(Object.values(read.groups).find(({ direct }) => direct.length === 5010)).toBeDefined()
  })

  test('memberOf beside it changes nothing', async () => {
    const server = await open({ crowd: 20, hasMemberOf: true })

    expect(await readWhole(await live(genericSettings([server])))).toEqual(await readGeneric(server))
  })

  test('a server that gives no more than so many of them is a failure, not a smaller directory', async () => {
    const server = await open({ crowd: 3000, moreGlobal: ['sizelimit size.prtotal=2000'] })
    const life = await live(genericSettings([server]))
    const { identity } = await syncStart(life)

    await expect(readPass(life, { pass: 'users', identity })).rejects.toMatchObject({
      code: 'DIRECTORY_SYNC_CUT_SHORT',
    })
  })

  test('a server killed between two pages is a failure; the other one is somebody else, and has all of it', async () => {
    const pair = await startOpenLdapPair(8000)
    stops.push(() => pair.stop())
    const { provider, consumer } = pair
    const want = await readGeneric(provider)
    await expect.poll(() => readGeneric(consumer), { timeout: 60_000, interval: 1000 }).toEqual(want)
    const life = await live(genericSettings([provider, consumer]))
    const { identity } = await syncStart(life)

    const broken = readPass(life, { pass: 'users', identity }, () => provider.process.kill())

    await expect(broken).rejects.toMatchObject({
      code: expect.stringMatching(/^DIRECTORY_(CONNECTION_LOST|UNREACHABLE)$/),
    })
    const other = await syncStart(life)
    expect(other.identity).not.toBe(identity)
    await expect(readPass(life, { pass: 'users', identity })).rejects.toMatchObject({
      code: 'DIRECTORY_SYNC_SERVER_CHANGED',
    })
    expect(await readWhole(life)).toEqual(want)
  })

  test('names that are long, and not of our alphabet, fit into pages', async () => {
    const server = await open({ crowd: 0, extra: longNamesLdif(12_000) })
    const life = await live(genericSettings([server]))
    const { identity } = await syncStart(life)

    const users = await readPass(life, { pass: 'users', identity })
    const groups = await readPass(life, { pass: 'groups', identity })

    expect(Math.max(users.mostBytes, groups.mostBytes)).toBeLessThan(mostOfAnAnswer)
    const { direct } = Object.values(pictureOfEntries(users.entries, groups.entries).groups).find(({ fields }) =>
      fields['name']?.includes(longNames),
    ) ?? { direct: [] }
    expect(direct).toHaveLength(12_000)
  })
})

describe.skipIf(missing389 !== undefined)('389 Directory Server', { timeout: 90_000 }, () => {
  test('1,510 people and their groups are what an independent client finds', async () => {
    const server = await start389(1500)
    stops.push(() => server.stop())
    console.log(`389 Directory Server ${server.version}`)

    const read = await readWhole(await live(genericSettings([server], 'nsUniqueId')))

    expect(read).toEqual(await readGeneric(server, 'nsUniqueId'))
  })
})
