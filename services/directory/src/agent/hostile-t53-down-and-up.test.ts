/**
 * T53: directories that come and go.
 *
 * @module
 */
import { ServiceLife } from '@sallygate/service-kit'
import { FakeClock } from '@sallygate/testkit/fake-clock'
import { startHostileDirectory } from '@sallygate/testkit/hostile-directory'
import { testContext, testServiceHost } from '@sallygate/testkit/service-host'
import { afterEach, describe, expect, test } from 'vitest'
import { directoryService } from './index.ts'
import { base, bindsOf, connect, open, refusesBinds, search, stopAll, stops } from './testing/hostile.ts'

afterEach(stopAll)

describe('T53 down and up again', () => {
  test('"unreachable" and never "wrong password"; back within ten seconds; no password spent', async () => {
    const clock = new FakeClock()
    const first = await startHostileDirectory({})
    const life = await connect(first.port, {}, clock)
    const signIn = () => life.run('authenticate', { user: 'uid=ada,dc=x', password: 'pw' }, testContext({ clock }))
    expect(await signIn()).toMatchObject({ outcome: 'accepted' })
    await first.stop()

    await expect(signIn()).rejects.toMatchObject({ code: 'DIRECTORY_UNREACHABLE', retry: 'elsewhere' })
    expect(life.state()).toMatchObject({ kind: 'degraded', code: 'DIRECTORY_UNREACHABLE' })
    const second = await startHostileDirectory({}, first.port)
    stops.push(() => second.stop())
    // The breaker is open: nothing is tried, and the answer comes at once.
    await expect(signIn()).rejects.toMatchObject({ code: 'DIRECTORY_UNREACHABLE' })
    expect(second.received).toEqual([])
    await clock.advance(5000)

    expect(await signIn()).toMatchObject({ outcome: 'accepted' })
    expect(life.state()).toEqual({ kind: 'healthy' })
    expect(bindsOf(second)).toBe(1)
  })

  test('a preferred server that is back is noticed by look-ups alone, whose connections are shared for minutes', async () => {
    const clock = new FakeClock()
    const gone = await startHostileDirectory({})
    await gone.stop()
    const other = await startHostileDirectory({})
    stops.push(() => other.stop())
    const servers = [gone, other].map(({ port }) => ({ host: '127.0.0.1', port }))
    const life = await connect(gone.port, { servers }, clock)
    await search(life, {}, clock)
    const back = await startHostileDirectory({}, gone.port)
    stops.push(() => back.stop())
    const inUse = async () =>
      ((await life.run('status', {}, testContext({ clock }))) as { inUse?: { server: string } }).inUse?.server
    expect(await inUse()).toBe(`127.0.0.1:${other.port}`)

    await clock.advance(30_000)
    await search(life, {}, clock)

    await expect.poll(inUse).toBe(`127.0.0.1:${gone.port}`)
    expect(bindsOf(other)).toBe(1)
  })

  test('while one tries a server that rests, the others do not queue behind it', async () => {
    const clock = new FakeClock()
    const directory = await startHostileDirectory({})
    stops.push(() => directory.stop())
    let lookUps = 0
    const target = (host: string, port: number) => {
      lookUps++
      return host === 'dead'
        ? new Promise<never>(() => {})
        : Promise.resolve({ address: '127.0.0.1', port, serverName: host })
    }
    const life = new ServiceLife(directoryService, testServiceHost({ clock, target }))
    stops.push(() => life.stop())
    await life.configure({
      type: 'generic',
      servers: [
        { host: 'dead', port: 1 },
        { host: 'alive', port: directory.port },
      ],
      encryption: 'none',
      baseDn: base,
    })
    const first = search(life, {}, clock)
    await clock.advance(3000)
    expect(await first).toMatchObject({ partial: false })
    lookUps = 0

    const all = await Promise.all(
      Array.from({ length: 5 }, () =>
        life.run('authenticate', { user: 'uid=ada,dc=x', password: 'pw' }, testContext({ clock })),
      ),
    )

    expect(all.every((one) => (one as { outcome: string }).outcome === 'accepted')).toBe(true)
    expect(lookUps).toBe(5)
  })

  test('a password that got no answer is asked of nobody else; whoever comes next goes to another server', async () => {
    const clock = new FakeClock()
    const silent = await startHostileDirectory({
      script(reply) {
        if (reply.request.operation.kind !== 'bindRequest') return false
        reply.end()
        return true
      },
    })
    const good = await startHostileDirectory({})
    stops.push(
      () => silent.stop(),
      () => good.stop(),
    )
    const servers = [silent, good].map(({ port }) => ({ host: '127.0.0.1', port }))
    const anonymous = { servers, bindDn: undefined, bindPassword: undefined }
    const life = await connect(silent.port, anonymous, clock)
    const signIn = () => life.run('authenticate', { user: 'uid=ada,dc=x', password: 'pw' }, testContext({ clock }))
    const binds = () => [silent, good].map(bindsOf)

    await expect(signIn()).rejects.toMatchObject({ code: 'DIRECTORY_COULD_NOT_VERIFY', retry: 'never' })
    expect(binds()).toEqual([1, 0])
    expect(await signIn()).toMatchObject({ outcome: 'accepted', server: `127.0.0.1:${good.port}` })
    expect(binds()).toEqual([1, 1])
    expect(await life.run('status', {}, testContext({ clock }))).toMatchObject({
      inUse: { server: `127.0.0.1:${good.port}`, isPreferred: false },
      signIns: { accepted: 1, unknown: 1 },
      switches: 1,
    })
  })

  test('a directory that flaps is never taken for one that refuses', async () => {
    const clock = new FakeClock()
    let isUp = true
    const { life } = await open(
      {
        script(reply) {
          if (isUp) return false
          reply.end()
          return true
        },
      },
      {},
      clock,
    )
    const outcomes = new Set<string>()
    for (let turn = 0; turn < 20; turn++) {
      isUp = turn % 2 === 0
      const outcome = await life
        .run('authenticate', { user: 'uid=ada,dc=x', password: 'pw' }, testContext({ clock }))
        .then(
          (result) => (result as { outcome: string }).outcome,
          (error: { code: string }) => error.code,
        )
      outcomes.add(outcome)
      await clock.advance(5000)
    }

    expect([...outcomes].toSorted()).toEqual(['DIRECTORY_COULD_NOT_VERIFY', 'accepted'])
  })

  test('a bind account that is refused is not tried with every request: that would lock it', async () => {
    const clock = new FakeClock()
    const { directory, life } = await open(refusesBinds, {}, clock)

    for (let minute = 0; minute < 60; minute++) {
      await expect(search(life, {}, clock)).rejects.toMatchObject({ code: 'DIRECTORY_BIND_REFUSED' })
      await clock.advance(60_000)
    }
    const binds = bindsOf(directory)
    expect(binds).toBeLessThanOrEqual(9)

    const [row] = (await life.check(testContext({ clock }))).filter(({ target }) => target.startsWith('Bind account'))
    expect(row).toMatchObject({ result: 'failed', code: 'DIRECTORY_BIND_REFUSED' })
    expect(bindsOf(directory)).toBe(binds + 1)
  })
})
