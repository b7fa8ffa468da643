/**
 * T51: directories that send us elsewhere, or strip the encryption.
 *
 * @module
 */
import { encodeMessage, ldapResult, type LdapOperation } from '@sallygate/protocol-ldap'
import { startHostileDirectory, success } from '@sallygate/testkit/hostile-directory'
import { testContext } from '@sallygate/testkit/service-host'
import { afterEach, describe, expect, test } from 'vitest'
import { entry, onSearch, open, search, stopAll, stops } from './testing/hostile.ts'

afterEach(stopAll)

describe('T51 referrals and stripping', () => {
  async function openTrap() {
    const trap = await startHostileDirectory({})
    stops.push(() => trap.stop())
    return { trap, uri: `ldap://127.0.0.1:${trap.port}/dc=x` }
  }
  const referral = (uri: string) => ({ ...ldapResult('referral'), referrals: [uri] })

  test('a referral is refused, and nobody goes there', async () => {
    const { trap, uri } = await openTrap()
    const onBind = await open({
      script(reply) {
        if (reply.request.operation.kind !== 'bindRequest') return false
        reply.send({ kind: 'bindResponse', result: referral(uri) })
        return true
      },
    })
    const onLookUp = await open(onSearch((reply) => reply.send({ kind: 'searchDone', result: referral(uri) })))
    const code = 'DIRECTORY_REFERRAL_REFUSED'

    await expect(search(onBind.life)).rejects.toMatchObject({ code })
    await expect(
      onBind.life.run('authenticate', { user: 'uid=ada,dc=x', password: 'pw' }, testContext()),
    ).rejects.toMatchObject({ code })
    await expect(search(onLookUp.life)).rejects.toMatchObject({ code })
    expect(trap.received).toEqual([])
    expect(trap.openConnections).toBe(0)
  })

  test('continuation references are counted and not followed', async () => {
    const { trap, uri } = await openTrap()
    const { life } = await open(
      onSearch((reply) => {
        reply.send({ kind: 'searchReference', uris: [uri, uri] })
        reply.send(entry('ada'))
        reply.send(success)
      }),
    )

    expect(await search(life)).toMatchObject({ referralsNotFollowed: 2, entries: [{ dn: 'uid=ada,dc=x' }] })
    expect(trap.openConnections).toBe(0)
  })

  describe('with a list of hosts to go to', () => {
    const follow = (...hosts: readonly string[]) => ({ referrals: { follow: 'listed' as const, hosts: [...hosts] } })
    const refer = (uri: string) =>
      onSearch((reply) => {
        reply.send({ kind: 'searchReference', uris: [uri] })
        reply.send(entry('ada'))
        reply.send(success)
      })

    test('a listed one is asked the same question, as the bind account, and its entries come along', async () => {
      const there = await startHostileDirectory(
        onSearch((reply) => {
          reply.send({ ...entry('grace'), dn: 'uid=grace,dc=y' } as LdapOperation)
          reply.send(success)
        }),
      )
      stops.push(() => there.stop())
      const { life } = await open(
        refer(`ldap://127.0.0.1:${there.port}/dc=y??base?(objectClass=*)`),
        follow(`127.0.0.1:${there.port}`),
      )

      const found = await search(life)

      expect(found).toMatchObject({ partial: false, referralsNotFollowed: 0 })
      expect(found.entries.map(({ dn }) => dn)).toEqual(['uid=ada,dc=x', 'uid=grace,dc=y'])
      expect(there.received.slice(0, 2)).toEqual(['bindRequest', 'searchRequest'])
    })

    test('one that is not listed, another scheme and nonsense are left alone', async () => {
      const { trap } = await openTrap()
      for (const uri of [
        `ldap://127.0.0.1:${trap.port}/dc=x`,
        `http://localhost:${trap.port}/dc=x`,
        'ldap://',
        'ldap://localhost/%ff',
        `ldap://localhost@127.0.0.1:${trap.port}/dc=x`,
      ]) {
        const { life } = await open(refer(uri), follow(`localhost:${trap.port}`))
        expect(await search(life), uri).toMatchObject({ referralsNotFollowed: 1, partial: false })
      }
      expect(trap.received).toEqual([])
    })

    test('a circle ends, and so does a chain without end', async () => {
      let turn = 0
      const there = await startHostileDirectory(
        onSearch((reply) => {
          reply.send({ kind: 'searchReference', uris: [`ldap://127.0.0.1/dc=a${turn++ % 2},dc=x`] })
          reply.send(success)
        }),
      )
      const deep = await startHostileDirectory(
        onSearch((reply) => {
          reply.send({ kind: 'searchReference', uris: [`ldap://127.0.0.1/dc=a${turn++},dc=x`] })
          reply.send(success)
        }),
      )
      stops.push(
        () => there.stop(),
        () => deep.stop(),
      )
      const circle = await open(refer('ldap://127.0.0.1/dc=a,dc=x'), follow(`127.0.0.1:${there.port}`))
      const chain = await open(refer('ldap://127.0.0.1/dc=a,dc=x'), follow(`127.0.0.1:${deep.port}`))

      expect(await search(circle.life)).toMatchObject({ partial: false })
      expect(there.received.filter((kind) => kind === 'searchRequest').length).toBeLessThanOrEqual(3)
      expect(await search(chain.life)).toMatchObject({ partial: true, partialBecause: 'referral' })
      expect(deep.received.filter((kind) => kind === 'searchRequest')).toHaveLength(8)
    })

    test('one that cannot be reached leaves an answer that says it is not all', async () => {
      const { life } = await open(refer('ldap://127.0.0.1/dc=y'), follow('127.0.0.1:1'))

      expect(await search(life)).toMatchObject({
        partial: true,
        partialBecause: 'referral',
        entries: [{ dn: 'uid=ada,dc=x' }],
      })
    })

    test('nobody who signs in is looked for or bound there', async () => {
      const { trap, uri } = await openTrap()
      const { life } = await open(
        onSearch((reply) => reply.send({ kind: 'searchDone', result: referral(uri) })),
        follow(`127.0.0.1:${trap.port}`),
      )

      await expect(life.run('authenticate', { user: 'ada', password: 'pw' }, testContext())).rejects.toMatchObject({
        code: 'DIRECTORY_REFERRAL_REFUSED',
      })
      expect(trap.received).toEqual([])
    })
  })

  test('StartTLS that is refused or stripped sends nothing more', async () => {
    const refusing = (operation: LdapOperation) =>
      open(
        {
          script(reply) {
            if (reply.request.operation.kind !== 'extendedRequest') return false
            reply.send(operation)
            return true
          },
        },
        { encryption: 'startTls' },
      )
    const refused = await refusing({ kind: 'extendedResponse', result: ldapResult('protocolError') })

    await expect(search(refused.life)).rejects.toMatchObject({ code: 'DIRECTORY_STARTTLS_REFUSED' })
    await expect(
      refused.life.run('authenticate', { user: 'uid=ada,dc=x', password: 'pw' }, testContext()),
    ).rejects.toMatchObject({ code: 'DIRECTORY_STARTTLS_REFUSED' })
    expect(refused.directory.received).not.toContain('bindRequest')
  })

  test('bytes slipped in behind the answer to StartTLS are not read as encrypted ones', async () => {
    const { directory, life } = await open(
      {
        script(reply) {
          if (reply.request.operation.kind !== 'extendedRequest') return false
          const answer = { kind: 'extendedResponse', result: ldapResult('success') } as const
          const bind = { kind: 'bindResponse', result: ldapResult('success') } as const
          reply.raw(
            Buffer.concat([
              encodeMessage({ id: reply.request.id, operation: answer, controls: [] }),
              encodeMessage({ id: 2, operation: bind, controls: [] }).subarray(0, 9),
            ]),
          )
          return true
        },
      },
      { encryption: 'startTls' },
    )

    await expect(search(life)).rejects.toMatchObject({ code: 'DIRECTORY_PROTOCOL_VIOLATION' })
    expect(directory.received).toEqual(['extendedRequest'])
  })
})
