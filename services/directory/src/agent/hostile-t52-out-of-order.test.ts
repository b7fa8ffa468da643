/**
 * T52: answers to questions nobody asked, and elements with nothing in them.
 *
 * @module
 */
import { berElement, berInteger, berOctets, controlOids, encodeMessage, ldapResult } from '@sallygate/protocol-ldap'
import { success, type HostileReply } from '@sallygate/testkit/hostile-directory'
import { afterEach, describe, expect, test } from 'vitest'
import { entry, onSearch, open, search, stopAll } from './testing/hostile.ts'

afterEach(stopAll)

describe('T52 answers out of order', () => {
  const violation = { code: 'DIRECTORY_PROTOCOL_VIOLATION' }
  const raw = (hex: string) =>
    open(
      onSearch((reply) =>
        reply.raw(Buffer.from(hex.replace('ID', berInteger(reply.request.id).toString('hex')), 'hex')),
      ),
    )

  test.each([
    ['a wrong id', (reply: HostileReply) => reply.send(success, { id: 4711 })],
    ['id zero without being a notice', (reply: HostileReply) => reply.send(success, { id: 0 })],
    [
      'an answer to a bind',
      (reply: HostileReply) => reply.send({ kind: 'bindResponse', result: ldapResult('success') }),
    ],
    ['a request', (reply: HostileReply) => reply.send({ kind: 'unbindRequest' })],
  ])('%s ends the connection', async (_what, act) => {
    const { directory, life } = await open(onSearch(act))

    await expect(search(life)).rejects.toMatchObject(violation)
    await expect.poll(() => directory.openConnections).toBe(0)
  })

  test('the same answer twice does not answer the next question', async () => {
    let turn = 0
    const { life } = await open(
      onSearch((reply) => {
        turn++
        reply.send(entry(`turn${turn}`))
        reply.send(success)
        if (turn === 1) {
          reply.send(entry('stale'))
          reply.send(success)
        }
      }),
    )

    expect((await search(life)).entries.map(({ dn }) => dn)).toEqual(['uid=turn1,dc=x'])
    expect((await search(life)).entries.map(({ dn }) => dn)).toEqual(['uid=turn2,dc=x'])
  })

  test('a result before anything was asked', async () => {
    const banner = encodeMessage({
      id: 1,
      operation: { kind: 'bindResponse', result: ldapResult('success') },
      controls: [],
    })
    const { life } = await open({ banner })

    await expect(search(life)).rejects.toMatchObject({
      code: expect.stringMatching(/PROTOCOL_VIOLATION|CONNECTION_LOST/),
    })
  })

  test('empty and truncated elements are typed errors', async () => {
    const withControl = (control: Buffer) => {
      const done = '65070a010004000400'
      const controls = berElement(0xa0, control)
      return berElement(0x30, berInteger(2), Buffer.from(done, 'hex'), controls).toString('hex')
    }
    for (const hex of [
      '3007ID65020a00',
      '3005ID6500',
      '3008ID6503020100',
      '300cID650702010004000400',
      withControl(berElement(0x30, berOctets(''))),
      withControl(berElement(0x30)),
      withControl(berElement(0x30, berOctets(controlOids.pagedResults), berOctets(Buffer.alloc(0)))),
      withControl(berElement(0x30, berOctets(controlOids.pagedResults), berOctets(Buffer.from('3000', 'hex')))),
    ]) {
      const { life } = await raw(hex)
      await expect(search(life), hex).rejects.toMatchObject(violation)
      await life.stop()
    }
  })

  test('a notice of disconnection says that the server is going', async () => {
    const { life } = await open(
      onSearch((reply) =>
        reply.send(
          { kind: 'extendedResponse', result: ldapResult('unavailable'), oid: '1.3.6.1.4.1.1466.20036' },
          { id: 0 },
        ),
      ),
    )

    await expect(search(life)).rejects.toMatchObject({ code: 'DIRECTORY_CONNECTION_LOST', details: { notice: true } })
  })
})
