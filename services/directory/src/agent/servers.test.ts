import { silentLog, type Log } from '@sallygate/base/log'
import { FakeClock } from '@sallygate/testkit/fake-clock'
import { testContext } from '@sallygate/testkit/service-host'
import { describe, expect, test } from 'vitest'
import { directoryFailure } from '../contract.ts'
import type { ServerEntry } from './server-entry.ts'
import { returnMs, ServerList } from './servers.ts'

const entry = (host: string, isBackup = false): ServerEntry => ({
  server: { host, port: 636 },
  from: 'byHand',
  isBackup,
})

function open(...entries: readonly ServerEntry[]) {
  const clock = new FakeClock()
  const down = new Set<string>()
  const tried: string[] = []
  const probed: string[] = []
  const lines: (readonly [string, unknown])[] = []
  const note = (message: string, fields?: unknown) => void lines.push([message, fields])
  const log: Log = { ...silentLog, info: note, warn: note, with: () => log }
  const answer = async (host: string) => {
    if (down.has(host)) throw directoryFailure('UNREACHABLE')
    return host
  }
  let known: readonly ServerEntry[] = entries
  const list = new ServerList({
    source: {
      list: async () => known,
      get known() {
        return known
      },
      site: undefined,
    },
    clock,
    log,
    probe: async ({ host }) => {
      probed.push(host)
      await answer(host)
    },
  })
  const ask = () =>
    list.reach(testContext({ clock }), async ({ host }) => {
      tried.push(host)
      return answer(host)
    })
  return { clock, down, tried, probed, lines, list, ask, change: (next: readonly ServerEntry[]) => (known = next) }
}

describe('which server is used', () => {
  test('the first of the settings, and one after the other while they are down', async () => {
    const { ask, down, list, tried } = open(entry('a'), entry('b'), entry('c'))
    down.add('a').add('b')

    expect(await ask()).toBe('c')
    expect(tried).toEqual(['a', 'b', 'c'])
    expect(list.current).toMatchObject({ label: 'c:636', isPreferred: false })
    expect(await ask()).toBe('c')
    expect(tried).toEqual(['a', 'b', 'c', 'c'])
  })

  test('a backup only after all others, wherever it stands in the settings', async () => {
    const { ask, down } = open(entry('spare', true), entry('a'))

    expect(await ask()).toBe('a')
    down.add('a')
    expect(await ask()).toBe('spare')
  })

  test('back to a preferred one half a minute after it is up, and nobody waits for the attempt', async () => {
    const { ask, clock, down, list, lines, probed, tried } = open(entry('a'), entry('b'))
    down.add('a')
    await ask()
    tried.length = 0

    await clock.advance(returnMs - 1)
    await ask()
    expect(probed).toEqual([])
    await clock.advance(1)
    await ask()
    expect(probed).toEqual(['a'])
    expect(list.current?.label).toBe('b:636')
    down.delete('a')
    await clock.advance(returnMs)
    await ask()
    await clock.advance(0)

    expect(await ask()).toBe('a')
    expect(tried).toEqual(['b', 'b', 'b', 'a'])
    expect(list.current).toMatchObject({ label: 'a:636', isPreferred: true })
    expect(list.switches).toBe(1)
    expect(lines.find(([message]) => message === 'directory server changed')?.[1]).toMatchObject({
      from: 'b:636',
      to: 'a:636',
      because: 'a preferred one is back',
    })
  })

  test('every switch is logged with its reason', async () => {
    const { ask, down, lines } = open(entry('a'), entry('b'))
    await ask()
    down.add('a')
    await ask()

    expect(lines.map(([message]) => message)).toEqual([
      'directory server in use',
      'directory server rests',
      'directory server changed',
    ])
    expect(lines.at(-1)?.[1]).toMatchObject({ from: 'a:636', to: 'b:636', because: 'DIRECTORY_UNREACHABLE' })
  })
})

describe('the breaker', () => {
  test('with nobody else to ask, one request tries every five seconds and the others fail at once', async () => {
    const { ask, clock, down, list, tried } = open(entry('a'))
    const refused = { code: 'DIRECTORY_UNREACHABLE' }
    down.add('a')
    await expect(ask()).rejects.toMatchObject(refused)

    for (let at = 0; at < 5; at++) await expect(ask()).rejects.toMatchObject(refused)
    expect(tried).toEqual(['a'])
    expect(list.failure).toMatchObject(refused)
    await clock.advance(5000)
    down.delete('a')
    expect(await ask()).toBe('a')
    expect(list.failure).toBeUndefined()
    expect(list.standings()).toMatchObject([{ standing: 'good', failures: 0 }])
  })

  test('a server that lost an answer rests while there is another, and is tried again where there is none', async () => {
    const lost = directoryFailure('CONNECTION_LOST')
    const two = open(entry('a'), entry('b'))
    await two.ask()
    two.list.suspect('a:636', lost)
    expect(await two.ask()).toBe('b')

    const one = open(entry('a'))
    await one.ask()
    one.list.suspect('a:636', lost)
    expect(await one.ask()).toBe('a')
  })

  test('a slow one is looked at before it is left', async () => {
    const { ask, clock, down, list, probed } = open(entry('a'), entry('b'))
    await ask()

    list.doubt('a:636')
    await clock.advance(0)
    expect([probed, await ask()]).toEqual([['a'], 'a'])
    down.add('a')
    list.doubt('a:636')
    await clock.advance(0)
    expect(await ask()).toBe('b')
  })
})

test('a list that changes keeps what is known of those that stay', async () => {
  const { ask, change, down, list } = open(entry('a'), entry('b'))
  down.add('a')
  await ask()
  change([entry('a'), entry('b'), entry('c')])
  await ask()
  expect(list.standings().map(({ label, standing }) => [label, standing])).toEqual([
    ['a:636', 'resting'],
    ['b:636', 'good'],
    ['c:636', 'untried'],
  ])

  change([entry('c')])
  expect(await ask()).toBe('c')
})
