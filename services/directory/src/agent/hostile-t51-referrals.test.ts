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
