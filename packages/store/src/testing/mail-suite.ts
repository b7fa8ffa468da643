/**
 * What every store has to keep of the mail outbox. A part of `suite.ts`.
 *
 * @module
 */
import { expect, test } from 'vitest'
import type { MailState } from '@sallygate/domain'
import type { OpenedStore } from './suite.ts'

const minute = 60_000

export function mailSuite(opened: () => OpenedStore): void {
  const store = () => opened().store
  const later = (ms: number) => new Date(opened().now().getTime() + ms)
  const mailOf = (group: string, key = 'k', to: readonly string[] = ['ada@example.com']) => ({
    group,
    key,
    template: 'mail-test',
    subject: `Subject ${key}`,
    domain: 'example.com',
    to,
    content: JSON.stringify({ text: 'planted body' }),
    giveUpAt: later(1440 * minute),
  })
  const addGroup = async (name = 'Acme') => (await store().groups.add({ name })).id
  const outcome = (address: string, state: MailState, nextAttemptAt?: Date) => ({
    address,
    state,
    unknownTimes: state === 'unknown' ? 1 : 0,
    nextAttemptAt,
    outcome: { address, outcome: state, reply: 250, status: '2.0.0', said: 'Ok' },
  })

  const waits = { code: 'CONSOLE_NO_CONNECTOR_ATTACHED', says: 'No connector.', fix: 'Start one.' }

  test('a key queues one message, and it stays as it was queued first', async () => {
    const group = await addGroup()
    const { mailOutbox } = store()

    const first = await mailOutbox.add(mailOf(group))
    const again = await mailOutbox.add(mailOf(group))

    expect(again).toEqual({ message: first.message, isNew: false })
    expect((await mailOutbox.add({ ...mailOf(group), subject: 'other' })).message).toEqual(first.message)
    expect(first.message).toMatchObject({ state: 'waiting', recipients: [{ address: 'ada@example.com' }] })
    expect(first.message.messageId).toMatch(/^[0-9a-f]{32}\.\d+@example\.com$/)
  })

  test('many who queue one key at once make one message', async () => {
    const group = await addGroup()

    const all = await Promise.all(Array.from({ length: 8 }, () => store().mailOutbox.add(mailOf(group))))

    expect(new Set(all.map(({ message }) => message.id)).size).toBe(1)
    expect(all.filter(({ isNew }) => isNew)).toHaveLength(1)
  })

  test('a message is begun once, and what becomes of each recipient is kept with the attempt', async () => {
    const group = await addGroup()
    const { mailAttempts, mailOutbox, mailList } = store()
    const { message } = await mailOutbox.add(mailOf(group, 'k', ['a@x.test', 'b@x.test', 'c@x.test']))

    const begun = await Promise.all([mailAttempts.begin(message.id), mailAttempts.begin(message.id)])
    const [attempt] = begun.flatMap((one) => one ?? [])
    const after = await mailAttempts.end(message.id, 1, {
      connector: 'Berlin',
      server: 'mx:25',
      recipients: [
        outcome('a@x.test', 'sent'),
        outcome('b@x.test', 'waiting', later(minute)),
        outcome('c@x.test', 'refused'),
      ],
    })

    expect(begun.filter((one) => one !== undefined)).toHaveLength(1)
    expect(attempt).toMatchObject({ due: ['a@x.test', 'b@x.test', 'c@x.test'], attempt: 1 })
    expect(JSON.parse(attempt?.content ?? '')).toEqual({ text: 'planted body' })
    expect(after).toMatchObject({ state: 'waiting', nextAttemptAt: later(minute) })
    expect(after?.recipients.map(({ state }) => state)).toEqual(['sent', 'waiting', 'refused'])
    expect(await mailList.attempts(message.id)).toMatchObject([
      { number: 1, connector: 'Berlin', server: 'mx:25', outcomes: [{ address: 'a@x.test' }, {}, {}] },
    ])
    await opened().advance(minute)
    expect((await mailAttempts.begin(message.id))?.due).toEqual(['b@x.test'])
  })

  test('what was being sent when the console stopped is unknown, and comes again later', async () => {
    const group = await addGroup()
    const { mailAttempts, mailOutbox, mailList } = store()
    const { message } = await mailOutbox.add(mailOf(group))
    await mailAttempts.begin(message.id)

    expect(await mailOutbox.recover(later(15 * minute), waits)).toBe(1)

    expect(await mailList.find(group, message.id)).toMatchObject({
      state: 'unknown',
      nextAttemptAt: later(15 * minute),
    })
    expect(await mailAttempts.begin(message.id)).toBeUndefined()
    await opened().advance(15 * minute)
    expect((await mailAttempts.begin(message.id))?.message.messageId).toBe(message.messageId)
  })

  test('where nobody could be asked it is no attempt', async () => {
    const group = await addGroup()
    const { mailAttempts, mailOutbox, mailList } = store()
    const { message } = await mailOutbox.add(mailOf(group))
    await mailAttempts.begin(message.id)

    const giveUpAt = later(3000 * minute)
    const wait = { until: later(minute), giveUpAt, waits }
    const after = await mailAttempts.postpone(message.id, 1, wait)

    expect(after).toMatchObject({ state: 'waiting', attempts: 0, giveUpAt, waitsFor: waits.code, waits })
    expect(after?.recipients[0]).toMatchObject({ attempts: 0, state: 'waiting' })
    expect(await mailList.attempts(message.id)).toEqual([])
  })

  test('what is in a message is gone once all have it, and stays while somebody may want to send it again', async () => {
    const group = await addGroup()
    const { mailAttempts, mailOutbox } = store()
    const sent = (await mailOutbox.add(mailOf(group, 'sent'))).message
    const dead = (await mailOutbox.add(mailOf(group, 'dead'))).message
    await mailAttempts.begin(sent.id)
    await mailAttempts.begin(dead.id)
    await mailAttempts.end(sent.id, 1, { recipients: [outcome('ada@example.com', 'sent')] })
    await mailAttempts.end(dead.id, 1, { recipients: [outcome('ada@example.com', 'dead')] })

    expect(await mailOutbox.retry(group, sent.id, later(minute))).toBeUndefined()
    expect(await mailOutbox.retry(group, dead.id, later(minute))).toMatchObject({ state: 'waiting' })

    expect(await mailAttempts.begin(sent.id)).toBeUndefined()
    expect((await mailAttempts.begin(dead.id))?.due).toEqual(['ada@example.com'])
  })

  test('what waits can be cancelled, in its own group only; what has begun cannot', async () => {
    const group = await addGroup()
    const other = await addGroup('Other')
    const { mailAttempts, mailOutbox } = store()
    const { message } = await mailOutbox.add(mailOf(group))
    const begun = (await mailOutbox.add(mailOf(group, 'begun'))).message
    await mailAttempts.begin(begun.id)

    expect(await mailOutbox.cancel(other, message.id)).toBeUndefined()
    expect(await mailOutbox.cancel(group, begun.id)).toBeUndefined()
    expect(await mailOutbox.cancel(group, message.id)).toMatchObject({ state: 'cancelled', endedAt: opened().now() })
    expect(await mailAttempts.begin(message.id)).toBeUndefined()
  })

  test('what is due is told by group, in the order it was queued', async () => {
    const [one, two] = [await addGroup(), await addGroup('Other')]
    const { mailAttempts, mailOutbox, mailList } = store()
    const ids: string[] = []
    for (const key of ['a', 'b', 'c']) ids.push((await mailOutbox.add(mailOf(one, key))).message.id)
    await mailOutbox.add(mailOf(two))
    await mailAttempts.begin(ids[0] ?? '')

    expect(await mailList.groupsWithDue()).toEqual([one, two].toSorted())
    expect(await mailList.due(one, 2)).toEqual(ids.slice(1))
    expect(await mailList.counts(one)).toMatchObject({ states: { waiting: 2, sending: 1, sent: 0 } })
    expect((await mailList.list({ group: one, limit: 2 })).map(({ id }) => id)).toEqual([ids[2], ids[1]])
    expect(await mailList.list({ group: one, states: ['dead'], limit: 2 })).toEqual([])
    expect(await mailList.troubled(opened().now())).toEqual([])
    expect(await mailList.troubled(later(1))).toEqual(
      [
        { group: one, dead: 0, waiting: 3 },
        { group: two, dead: 0, waiting: 1 },
      ].toSorted((a, b) => (a.group < b.group ? -1 : 1)),
    )
    expect(await mailList.find(two, ids[0] ?? '')).toBeUndefined()
  })

  test('what ended long ago is forgotten, and all of it goes with its group', async () => {
    const group = await addGroup()
    await addGroup('Other')
    const { mailAttempts, mailOutbox, mailList } = store()
    const { message } = await mailOutbox.add(mailOf(group))
    await mailOutbox.add(mailOf(group, 'waits'))
    await mailAttempts.begin(message.id)
    await mailAttempts.end(message.id, 1, { recipients: [outcome('ada@example.com', 'sent')] })

    expect(await mailOutbox.forget(opened().now(), 10)).toBe(0)
    expect(await mailOutbox.forget(later(1), 10)).toBe(1)

    expect(await mailList.find(group, message.id)).toBeUndefined()
    await store().groups.remove(group)
    expect(await mailList.list({ group, limit: 10 })).toEqual([])
  })
}
