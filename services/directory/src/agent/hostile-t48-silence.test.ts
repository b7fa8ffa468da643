/**
 * T48: directories that stop answering.
 *
 * @module
 */
import { FakeClock } from '@sallygate/testkit/fake-clock'
import { startHostileDirectory, success, type HostileReply } from '@sallygate/testkit/hostile-directory'
import { testContext } from '@sallygate/testkit/service-host'
import { afterEach, describe, expect, test } from 'vitest'
import { askSilent, base, entry, onSearch, open, search, stopAll, stops } from './testing/hostile.ts'

afterEach(stopAll)

describe('T48 silence', () => {
  test.each(['bindRequest', 'searchRequest'] as const)(
    'after a %s: an error at the limit, nothing left',
    async (kind) => {
      const { ended, directory, clock } = await askSilent(kind, (life, at) => search(life, {}, at))

      expect(ended).toBe('DIRECTORY_TIME_OUT')
      await expect.poll(() => directory.openConnections).toBe(0)
      expect(clock.pending).toBe(0)
    },
  )

  test('in the middle of an answer: what came is given, marked as partial, and the next search works', async () => {
    const clock = new FakeClock()
    let turn = 0
    const { directory, life } = await open(
      onSearch((reply) => {
        reply.send(entry('ada'))
        if (turn++ > 0) reply.send(success)
      }),
      {},
      clock,
    )

    const asked = search(life, {}, clock)
    await directory.waitFor('searchRequest')
    // The entry has to be here before the time is over; on loopback that takes a few turns.
    for (let step = 0; step < 50; step++) await new Promise<void>((resolve) => setImmediate(resolve))
    await clock.advance(10_000)

    expect(await asked).toMatchObject({ partial: true, partialBecause: 'timeOut', entries: [{ dn: 'uid=ada,dc=x' }] })
    expect(await search(life, {}, clock)).toMatchObject({ partial: false })
  })

  test('after a password was sent: could not verify, never "wrong password", and never sent again', async () => {
    const clock = new FakeClock()
    const silent = { script: (reply: HostileReply) => reply.request.operation.kind === 'bindRequest' }
    const { directory, life } = await open(silent, {}, clock)
    const second = await startHostileDirectory({})
    stops.push(() => second.stop())
    await life.configure({
      type: 'generic',
      servers: [
        { host: '127.0.0.1', port: directory.port },
        { host: '127.0.0.1', port: second.port },
      ],
      encryption: 'none',
      baseDn: base,
    })

    const asked = life.run('authenticate', { user: 'uid=ada,dc=x', password: 'pw' }, testContext({ clock }))
    const failed = expect(asked).rejects.toMatchObject({ code: 'DIRECTORY_COULD_NOT_VERIFY', retry: 'never' })
    await directory.waitFor('bindRequest')
    await clock.advance(10_000)

    await failed
    expect(directory.received).toEqual(['bindRequest'])
    expect(second.received).toEqual([])
  })

  test('a connection that is cut after the password was sent is "could not verify" as well', async () => {
    const { life } = await open({
      script(reply) {
        reply.end()
        return true
      },
    })

    await expect(
      life.run('authenticate', { user: 'uid=ada,dc=x', password: 'pw' }, testContext()),
    ).rejects.toMatchObject({ code: 'DIRECTORY_COULD_NOT_VERIFY' })
  })
})
