/**
 * What every store has to keep for syslog: targets, positions, and one stream of several sources. A part of `suite.ts`.
 *
 * @module
 */
import { expect, test } from 'vitest'
import { Secret } from '@sallygate/base/secret'
import type { NewFeedRow } from '../syslog-feed.ts'
import type { OpenedStore } from './suite.ts'

const row = (at: Date, text: string): NewFeedRow => ({
  group: undefined,
  at,
  severity: 'info',
  category: 'system',
  content: { text },
})

export function syslogSuite(opened: () => OpenedStore): void {
  const store = () => opened().store
  const addGroup = () => store().groups.add({ name: 'Logs' })

  test('a syslog target keeps its key sealed, and another group neither sees nor removes it', async () => {
    const [group, other] = [await addGroup(), await store().groups.add({ name: 'Other' })]
    const { syslogTargets } = store()
    const change = { name: 'SIEM', settings: { host: 'logs' } }
    const target = await syslogTargets.add(group.id, { ...change, secret: new Secret('the key') })

    expect(await syslogTargets.list(group.id)).toEqual([target])
    expect((await syslogTargets.openSecret(group.id, target.id))?.reveal()).toBe('the key')
    expect(await syslogTargets.find(other.id, target.id)).toBeUndefined()
    expect(await syslogTargets.set(other.id, target.id, { name: 'x', settings: {} })).toBeUndefined()
    expect(await syslogTargets.remove(other.id, target.id)).toBe(false)
    expect(await syslogTargets.set(group.id, target.id, { name: 'SIEM 2', settings: {} })).toMatchObject({
      hasSecret: true,
    })
    expect(await syslogTargets.set(group.id, target.id, { ...change, secret: null })).toMatchObject({
      hasSecret: false,
    })
    expect(await syslogTargets.openSecret(group.id, target.id)).toBeUndefined()
    expect(await syslogTargets.remove(group.id, target.id)).toBe(true)
    expect(await syslogTargets.all()).toEqual([])
  })

  test('a target begins where the stream is, and its position is what was written last', async () => {
    const group = await addGroup()
    const { syslogTargets, syslogFeed } = store()
    await syslogFeed.take('event', 3, [row(opened().now(), 'a'), row(opened().now(), 'b')])
    const target = await syslogTargets.add(group.id, { name: 'SIEM', settings: {} })

    expect(await syslogTargets.position(target.id)).toEqual({ position: 2, sequence: 0, state: {} })
    await syslogTargets.writePosition(target.id, { position: 5, sequence: 3, state: { dropped: 1 } })

    expect(await syslogTargets.position(target.id)).toEqual({ position: 5, sequence: 3, state: { dropped: 1 } })
    expect(await syslogTargets.lowestPosition()).toBe(5)
    await store().groups.add({ name: 'So that one is left' })
    await store().groups.remove(group.id)
    expect(await syslogTargets.lowestPosition()).toBeUndefined()
  })

  test('the stream has one order, and what was taken of a source is written with it', async () => {
    const { syslogFeed } = store()
    const at = opened().now()
    await syslogFeed.take('event', 7, [row(at, 'a'), row(at, 'b')])
    await syslogFeed.take('audit', 40, [row(at, 'c')])
    await syslogFeed.take('device', 9, [])

    const found = await syslogFeed.after(1, 10)
    expect(found.map(({ number, content }) => [number, content['text']])).toEqual([
      [2, 'b'],
      [3, 'c'],
    ])
    expect(found[0]?.bytes).toBe(Buffer.byteLength('{"text":"b"}'))
    expect([
      await syslogFeed.taken('event'),
      await syslogFeed.taken('audit'),
      await syslogFeed.taken('device'),
    ]).toEqual([7, 40, 9])
    await syslogFeed.prune(2)
    expect((await syslogFeed.after(0, 10)).map(({ number }) => number)).toEqual([3])
    expect(await syslogFeed.head()).toBe(3)
  })

  test('events, audit rows and histories are read on from a number', async () => {
    const { events, auditLog } = store()
    for (const about of ['a', 'b', 'c'])
      await events.add({ id: 'SG-1002', severity: 'info', category: 'x', about, details: {} }, 10)
    const record = { at: opened().now(), actorKind: 'admin', actorId: 'i', actorName: 'n', source: '', traceId: 't' }
    const { position } = await auditLog.append({ ...record, action: 'a.put', object: 'o', outcome: 'begun' })
    await auditLog.append({ ...record, action: 'a.put', object: 'o', outcome: 'done', begun: position })

    expect((await events.after(1, 1)).map(({ about }) => about)).toEqual(['b'])
    expect(await events.head()).toBe(3)
    expect((await auditLog.after(0, 10)).map(({ outcome, begun }) => [outcome, begun])).toEqual([
      ['begun', undefined],
      ['done', position],
    ])
  })
}
