/**
 * Directories that lie, flood or are slow, behind a whole Sallygate of processes: a run that fails says why, what was
 * there before stays, memory comes back, and nobody else waits.
 *
 * @module
 */
import { encodeMessage, ldapResult, type LdapOperation } from '@sallygate/protocol-ldap'
import {
  startHostileDirectory,
  success,
  type HostileDirectory,
  type HostileReply,
} from '@sallygate/testkit/hostile-directory'
import { missingProgram } from '@sallygate/testkit/peers'
import { afterEach, describe, expect, test } from 'vitest'
import { genericSettings } from '../../interop/directory-sync/lives.ts'
import { startOpenLdap } from '../../interop/directory-sync/open-ldap.ts'
import { Synced } from '../../interop/directory-sync/synced.ts'

const missing = missingProgram('slapd', 'Debian package slapd')
if (missing !== undefined) console.log(`skipped: a slow directory beside a good one, ${missing}`)

const base = 'dc=x'
const stops: (() => Promise<unknown>)[] = []
afterEach(async () => {
  for (const stop of stops.splice(0).toReversed()) await stop()
}, 60_000)

const person = (at: number): LdapOperation => ({
  kind: 'searchEntry',
  dn: `uid=u${at},${base}`,
  attributes: [
    { type: 'entryUUID', values: [Buffer.from(`id-${at}`)] },
    { type: 'uid', values: [Buffer.from(`u${at}`)] },
  ],
})

/** Says who it is as it should; people are the test's. */
async function startLiar(people: (reply: HostileReply) => void | Promise<void>): Promise<HostileDirectory> {
  const directory = await startHostileDirectory({
    async script(reply) {
      const { operation } = reply.request
      if (operation.kind !== 'searchRequest') return false
      const isPeople = operation.scope === 'subtree' && operation.attributes.includes('uid')
      if (operation.scope === 'base' && operation.base === '')
        reply.send({
          kind: 'searchEntry',
          dn: '',
          attributes: [{ type: 'namingContexts', values: [Buffer.from(base)] }],
        })
      if (isPeople) await people(reply)
      else reply.send(success)
      return true
    },
  })
  stops.push(() => directory.stop())
  return directory
}

const liarSettings = ({ port }: HostileDirectory) => ({
  type: 'generic',
  servers: [{ host: '127.0.0.1', port }],
  encryption: 'none',
  baseDn: base,
})

async function flood(reply: HostileReply, bytes: Buffer, times: number): Promise<void> {
  for (let turn = 0; turn < times && !reply.isGone; turn++) {
    reply.raw(bytes)
    await reply.drained()
  }
}

describe('a directory that is bad', { timeout: 180_000 }, () => {
  const attacks: readonly (readonly [string, string, (reply: HostileReply) => void | Promise<void>])[] = [
    [
      'gives a million people on one page',
      'DIRECTORY_TOO_LARGE',
      async (reply) => {
        const one = encodeMessage({ id: reply.request.id, operation: person(1), controls: [] })
        await flood(reply, Buffer.concat(Array.from({ length: 1000 }, () => one)), 1000)
      },
    ],
    [
      'gives a value of 50 MB',
      'DIRECTORY_TOO_LARGE',
      async (reply) => {
        const operation = person(1)
        if (operation.kind !== 'searchEntry') return
        const big = { type: 'mail', values: [Buffer.alloc(50 * 1024 * 1024, 0x61)] }
        const entry = { ...operation, attributes: [...operation.attributes, big] }
        await flood(reply, encodeMessage({ id: reply.request.id, operation: entry, controls: [] }), 1)
      },
    ],
    [
      'stops at a limit of its own',
      'DIRECTORY_SYNC_CUT_SHORT',
      (reply) => {
        reply.send(person(1))
        reply.send({ kind: 'searchDone', result: ldapResult('sizeLimitExceeded') })
      },
    ],
    [
      'sends us elsewhere',
      'DIRECTORY_REFERRAL_REFUSED',
      (reply) =>
        reply.send({ kind: 'searchDone', result: { ...ldapResult('referral'), referrals: ['ldap://elsewhere/'] } }),
    ],
  ]

  test('each kind of it fails by name, keeps what was there, and gives the memory back', async () => {
    let attack: (typeof attacks)[number][2] | undefined
    const liar = await startLiar(async (reply) => {
      if (attack !== undefined) return attack(reply)
      for (let at = 0; at < 1000; at++) reply.send(person(at))
      reply.send(success)
    })
    const synced = await Synced.open(liarSettings(liar))
    stops.push(() => synced.close())
    const { console: console_ } = synced.installation
    const connector = synced.installation.connector('one')
    expect(await synced.sync()).toMatchObject({ state: 'done', counts: { added: 1000 } })
    const before = await synced.picture(() => false)
    // Once, to have warmed up what stays warm.
    attack = attacks[0]?.[2]
    await synced.end(await synced.begin({ full: true }))
    const held = { connector: await connector.memory(), console: await console_.memory() }

    for (const [says, code, act] of attacks) {
      attack = act
      const began = performance.now()
      const run = await synced.end(await synced.begin({ full: true }))
      console.log(
        `a directory that ${says}: ${run.failure?.code ?? run.state} after ${(performance.now() - began).toFixed(0)} ms`,
      )
      expect(run, says).toMatchObject({ state: 'failed', failure: { code } })
      expect(await synced.picture(() => false)).toEqual(before)
    }

    const growth = async () => ({
      connector: (await connector.memory()).heldBytes - held.connector.heldBytes,
      console: (await console_.memory()).heldBytes - held.console.heldBytes,
    })
    const most = 32 * 1024 * 1024
    await expect
      .poll(growth, { timeout: 30_000, interval: 1000 })
      .toSatisfy((now: Awaited<ReturnType<typeof growth>>) => now.connector < most && now.console < most)
    attack = undefined
    expect(await synced.sync({ full: true })).toMatchObject({ state: 'done', counts: { added: 0, removed: 0 } })
  })

  test.skipIf(missing !== undefined)(
    'a group whose directory takes for ever does not keep another one waiting',
    async () => {
      const slow = await startLiar(async (reply) => {
        // Always a little, never the end, and never silent for long.
        for (let at = 0; !reply.isGone; at++) {
          reply.send(person(at))
          await new Promise((resolve) => setTimeout(resolve, 200))
        }
      })
      const server = await startOpenLdap({ crowd: 1000 })
      stops.push(() => server.stop())
      const synced = await Synced.open(liarSettings(slow))
      stops.push(() => synced.close())
      const { installation } = synced
      const main = installation.group
      const slowRun = await synced.begin()
      await slow.waitFor('searchRequest')
      const { id } = (await installation.api('POST', '/api/groups', { name: 'Elsewhere', parent: main })).body
      installation.group = id
      await installation.join('elsewhere', [`127.0.0.1:${server.ldapsPort}`])
      await synced.configure(genericSettings([server]))

      const run = await synced.end(await synced.begin(), 60_000)

      expect(run).toMatchObject({ state: 'done', counts: { added: 1019 } })
      installation.group = main
      expect(await synced.run(slowRun.id)).toMatchObject({ state: 'running' })
    },
  )
})
