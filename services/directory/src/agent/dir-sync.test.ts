/**
 * DirSync against domain controllers (simulated) that refuse it, do not know it, or never come to an end.
 *
 * @module
 */
import {
  berElement,
  berInteger,
  berOctets,
  dirSyncOid,
  type Control,
  type LdapMessage,
  type ResultName,
} from '@sallygate/protocol-ldap'
import { ldapResult } from '@sallygate/protocol-ldap'
import { success, type HostileDirectoryOptions, type HostileReply } from '@sallygate/testkit/hostile-directory'
import { testContext } from '@sallygate/testkit/service-host'
import type { ServiceLife } from '@sallygate/service-kit'
import { afterEach, describe, expect, test } from 'vitest'
import { base, open, stopAll } from './testing/hostile.ts'

afterEach(stopAll)

const settings = { type: 'activeDirectory', sync: { incremental: 'dirSync' } } as const

/** Says that it is a domain controller; what it does when it is asked by DirSync is the test's. */
function controller(act: (reply: HostileReply, cookie: string) => void): HostileDirectoryOptions {
  return {
    script(reply) {
      const { operation } = reply.request
      if (operation.kind !== 'searchRequest') return false
      const cookie = cookieOf(reply.request)
      if (cookie !== undefined) act(reply, cookie)
      else {
        if (operation.scope === 'base') {
          const says = {
            dsServiceName: 'cn=dc',
            highestCommittedUSN: '9',
            defaultNamingContext: base,
            namingContexts: base,
          }
          const attributes = Object.entries(says).map(([type, value]) => ({ type, values: [Buffer.from(value)] }))
          attributes.push({ type: 'invocationId', values: [Buffer.alloc(16, 7)] })
          reply.send({ kind: 'searchEntry', dn: operation.base, attributes })
        }
        reply.send(success)
      }
      return true
    },
  }
}

function cookieOf({ controls }: LdapMessage): string | undefined {
  const value = controls.find(({ oid }) => oid === dirSyncOid)?.value
  // The cookie is the last of three.
  return value === undefined ? undefined : Buffer.from(value).subarray(15).toString()
}

const state = (isMore: boolean, cookie: string): Control => ({
  oid: dirSyncOid,
  isCritical: true,
  value: berElement(0x30, berInteger(isMore ? 1 : 0), berInteger(0), berOctets(cookie)),
})
const refuse = (result: ResultName) => (reply: HostileReply) =>
  reply.send({ kind: 'searchDone', result: ldapResult(result) })
const start = (life: ServiceLife, since?: object) =>
  life.run('syncStart', since === undefined ? {} : { since }, testContext())

describe('DirSync', () => {
  test.each([
    ['insufficientAccessRights', 'DIRECTORY_DIRSYNC_NOT_ALLOWED'],
    ['unavailableCriticalExtension', 'DIRECTORY_DIRSYNC_NOT_OFFERED'],
    ['busy', 'DIRECTORY_SERVER_BUSY'],
  ] as const)('a domain controller that answers %s has a failure of its own', async (result, code) => {
    const { life } = await open(controller(refuse(result)), settings)

    await expect(start(life)).rejects.toMatchObject({ code })
  })

  test('an answer without the control is not taken for what has changed', async () => {
    const { life } = await open(
      controller((reply) => reply.send(success)),
      settings,
    )

    await expect(start(life)).rejects.toMatchObject({ code: 'DIRECTORY_DIRSYNC_NOT_OFFERED' })
  })

  test('a cookie that comes again and again is given up', async () => {
    const { directory, life } = await open(
      controller((reply) => reply.send(success, { controls: [state(true, 'again')] })),
      settings,
    )

    await expect(start(life)).rejects.toMatchObject({ code: 'DIRECTORY_SYNC_CUT_SHORT' })
    expect(directory.received.length).toBeLessThan(12)
  })

  test('answers in several parts are read to the end, and the last cookie counts', async () => {
    const asked: string[] = []
    const { life } = await open(
      controller((reply, cookie) => {
        asked.push(cookie)
        reply.send(success, { controls: [state(asked.length < 3, `cookie ${asked.length}`)] })
      }),
      settings,
    )

    const { position } = (await start(life)) as { position: object }

    expect(asked).toEqual(['', 'cookie 1', 'cookie 2'])
    expect(position).toMatchObject({
      kind: 'dirSync',
      context: base,
      value: Buffer.from('cookie 3').toString('base64'),
    })
    expect(await start(life, position)).toMatchObject({ goesOn: true })
    expect(asked.at(-1)).toBe('cookie 3')
  })

  test.each(['unavailableCriticalExtension', 'protocolError', 'other'] as const)(
    'a cookie that is answered with %s leads nowhere, and a new one is taken',
    async (result) => {
      const { life } = await open(
        controller((reply, cookie) => {
          if (cookie === 'old') refuse(result)(reply)
          else reply.send(success, { controls: [state(false, 'new')] })
        }),
        settings,
      )
      const { position } = (await start(life)) as { position: object }

      const again = await start(life, { ...position, value: Buffer.from('old').toString('base64') })

      expect(again).toMatchObject({ goesOn: false, because: 'cookieRefused', position })
    },
  )

  test('after 50,000 changes everything is read anew, and nobody counts on', async () => {
    const filters: string[] = []
    const entry = (at: number) => ({ kind: 'searchEntry', dn: `cn=${at},${base}`, attributes: [] }) as const
    const { life } = await open(
      controller((reply, cookie) => {
        const { operation } = reply.request
        if (operation.kind === 'searchRequest') filters.push(operation.filter.kind)
        if (cookie === '') reply.send(success, { controls: [state(false, 'begin')] })
        else if (cookie === 'begin') {
          for (let at = 0; at <= 50_000; at++) reply.send(entry(at))
          reply.send(success, { controls: [state(true, 'more')] })
        } else reply.send(success, { controls: [state(false, 'end')] })
      }),
      settings,
    )
    const { position } = (await start(life)) as { position: object }

    expect(await start(life, position)).toMatchObject({ goesOn: false, because: 'manyChanges' })
    // The last part is asked for with a filter that nothing matches.
    expect(filters).toEqual(['not', 'or', 'not'])
  })

  test('a position that leads beyond what policy gives the acting group is refused, whoever made it up', async () => {
    const cookies: string[] = []
    const { life } = await open(
      controller((reply, cookie) => {
        cookies.push(cookie)
        reply.send(success, { controls: [state(false, 'cookie')] })
      }),
      settings,
    )
    const { identity, position } = (await start(life)) as { identity: string; position: object }
    const read = (since: object, limits: Record<string, readonly string[]> = {}) =>
      Promise.all(
        ['removed', 'users', 'groups'].map((pass) =>
          expect(life.run('syncPage', { pass, identity, since }, testContext({ limits }))).rejects.toMatchObject({
            code: 'DIRECTORY_BASE_NOT_ALLOWED',
          }),
        ),
      )

    await read(position, { baseDns: [`ou=mine,${base}`] })
    await read({ ...position, context: 'cn=configuration,dc=x' })

    expect(cookies).toEqual([''])
  })
})
