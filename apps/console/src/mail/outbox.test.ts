import { definedFailures, Failure } from '@sallygate/base/failure'
import { giveUpAfterMs } from '@sallygate/domain'
import { mailFailure, type RecipientOutcome } from '@sallygate/service-mail/contract'
import { storeFailure, type MailMessage } from '@sallygate/store'
import '@sallygate/connector'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { consoleFailure } from '../failures.ts'
import { notReachedCodes } from '../calls/not-reached.ts'
import { finalCodes } from './attempt.ts'
import type { Queued } from './post.ts'
import { Rig, type Asked } from './testing/rig.ts'

// Real stores and sockets on a machine that may be busy.
vi.setConfig({ testTimeout: 30_000 })

const minute = 60_000

let rig: Rig
beforeEach(async () => {
  rig = await new Rig().open()
})
afterEach(() => rig.close())

const all =
  (outcome: RecipientOutcome['outcome'], more: object = {}) =>
  (asked: Asked) =>
    asked.parameters.recipients.map((address) => ({ address, outcome, ...more }))

describe('queuing', () => {
  test('is on the disk when it is acknowledged, and done once per key', async () => {
    const first = await rig.queue()
    const again = await rig.queue()

    expect(again.id).toBe(first.id)
    await rig.until(first.id, 'sent')
    await rig.queue()
    expect(rig.asked).toHaveLength(1)
  })

  test('for a group without mail queues nothing, and says so once', async () => {
    rig.isOn = false
    const variables = { group: 'Acme', by: 'admin', at: 'now' }
    const queue = (key: string): Promise<Queued> =>
      rig.post.queue(rig.group, { template: 'mail-test', variables, to: ['ada@example.com'], key })

    const answers = [await queue('a'), await queue('b')]

    expect(answers).toEqual([{ kind: 'notConfigured' }, { kind: 'notConfigured' }])
    expect(rig.names()).toEqual(['mailNotConfigured'])
    expect((await rig.store.mailList.counts()).states.waiting).toBe(0)
  })

  test('refuses what is no address, and repeats none of it', async () => {
    const attack = 'ada@example.com\r\nBcc: planted@evil.test'

    const failed: unknown = await rig.queue('k', [attack]).catch((error: unknown) => error)

    expect(failed).toMatchObject({ code: 'OUTBOX_RECIPIENT_INVALID' })
    expect(JSON.stringify(failed)).not.toContain('planted')
    await expect(
      rig.queue(
        'k',
        Array.from({ length: 51 }, (_, at) => `a${at}@x.test`),
      ),
    ).rejects.toMatchObject({ code: 'OUTBOX_RECIPIENT_INVALID' })
    expect(
      await rig.post.queue(rig.group, {
        template: 'mail-test',
        variables: { group: '', by: '', at: '' },
        to: [],
        key: 'k',
      }),
    ).toEqual({ kind: 'noRecipients' })
  })
})

describe('what becomes of a recipient', () => {
  test('each has a state of its own, and only those that wait are tried again', async () => {
    rig.answer = ({ parameters }, number) =>
      parameters.recipients.map((address) =>
        address.startsWith('later') && number === 1
          ? { address, outcome: 'deferred', reply: 451, status: '4.7.1', said: 'Greylisted' }
          : address.startsWith('gone')
            ? { address, outcome: 'refused', reply: 550, status: '5.1.1', said: 'No such user' }
            : { address, outcome: 'sent', reply: 250 },
      )
    const { id } = await rig.queue('k', ['good@x.test', 'later@x.test', 'gone@x.test'])

    const waiting = await rig.until(id, 'waiting').then(() => rig.until(id, 'waiting', 100))
    const done = await rig.until(id, 'refused')

    expect(waiting.recipients.length).toBe(3)
    expect(done.recipients.map(({ state }) => state)).toEqual(['sent', 'sent', 'refused'])
    expect(rig.asked.map(({ parameters }) => parameters.recipients)).toEqual([
      ['good@x.test', 'later@x.test', 'gone@x.test'],
      ['later@x.test'],
    ])
    expect(rig.asked[1]?.parameters).toMatchObject({
      to: ['good@x.test', 'later@x.test', 'gone@x.test'],
      messageId: rig.asked[0]?.parameters.messageId,
    })
    expect(rig.events).toEqual([
      {
        name: 'mailRefused',
        facts: expect.objectContaining({
          about: 'gone@x.test',
          details: expect.objectContaining({ reply: 550, said: 'No such user' }),
        }),
      },
    ])
    const [first] = await rig.store.mailList.attempts(id)
    expect(first).toMatchObject({
      connector: 'Berlin',
      server: 'mx.test:25',
      outcomes: [{ outcome: 'sent' }, { outcome: 'deferred', status: '4.7.1' }, { outcome: 'refused' }],
    })
  })

  test('a server that always says later is tried for a day, then the message waits for a person, who sends it with one click', async () => {
    rig.answer = all('deferred', { reply: 450 })
    const { id } = await rig.queue()

    const dead = await rig.until(id, 'dead', 10 * minute)

    expect(rig.asked.length).toBeGreaterThan(20)
    expect(rig.names()).toEqual(['mailGivenUp'])
    expect(dead.nextAttemptAt).toBeUndefined()
    rig.answer = all('sent', { reply: 250 })
    const giveUpAt = new Date(rig.clock.now().getTime() + giveUpAfterMs)
    await rig.store.mailOutbox.retry(rig.group, id, giveUpAt)
    rig.outbox.nudge()
    await rig.until(id, 'sent')
    expect(new Set(rig.asked.map(({ parameters }) => parameters.messageId)).size).toBe(1)
  })

  test('an unknown end is shown, waits longer than ten minutes, and is sent once more under the same Message-ID', async () => {
    rig.answer = (asked, number) => all(number === 1 ? 'unknown' : 'sent')(asked)
    const { id } = await rig.queue()

    await rig.until(id, 'unknown')
    await rig.clock.advance(11 * minute)
    await new Promise((resolve) => setTimeout(resolve, 20))
    const early = rig.asked.length
    await rig.until(id, 'sent', minute)

    expect(early).toBe(1)
    expect(rig.asked.map(({ parameters }) => parameters.messageId)).toEqual([
      rig.asked[0]?.parameters.messageId,
      rig.asked[0]?.parameters.messageId,
    ])
    expect(rig.names()).toEqual(['mailUnknown'])
  })

  test('unknown twice is for a person to decide', async () => {
    rig.answer = all('unknown')
    const { id } = await rig.queue()

    await rig.until(id, 'dead', minute)

    expect(rig.asked).toHaveLength(2)
    expect(rig.names()).toEqual(['mailUnknown', 'mailGivenUp'])
  })
})

describe('a failure in place of an answer', () => {
  const failing = (failure: Failure) => () => Promise.reject(failure)
  const first = async (failure: Failure) => {
    rig.answer = failing(failure)
    const { id } = await rig.queue()
    await expect.poll(() => rig.asked.length, { timeout: 3000 }).toBeGreaterThan(0)
    await expect.poll(async () => (await rig.message(id)).state, { timeout: 3000 }).not.toBe('sending')
    return rig.message(id)
  }

  test('of the mail service is known not to have handed anything over: it is tried again', async () => {
    const message = await first(mailFailure('AUTH_REFUSED', { details: { server: 'mx.test:25', said: 'No' } }))

    expect(message).toMatchObject({
      state: 'waiting',
      attempts: 1,
      nextAttemptAt: new Date(rig.clock.now().getTime() + minute),
    })
    expect(await rig.store.mailList.attempts(message.id)).toMatchObject([{ code: 'MAIL_AUTH_REFUSED' }])
    expect(rig.tallies.lastFailure(rig.group)).toMatchObject({ code: 'MAIL_AUTH_REFUSED' })
  })

  test('that would be the same every time ends it', async () => {
    expect(await first(mailFailure('TOO_LARGE'))).toMatchObject({ state: 'refused' })
  })

  test('that leaves open what happened is unknown', async () => {
    expect(await first(consoleFailure('UNKNOWN_OUTCOME'))).toMatchObject({ state: 'unknown' })
  })

  test('that is a bug says nothing of what was sent', async () => {
    rig.answer = () => Promise.reject(new TypeError('oops'))
    const { id } = await rig.queue()

    await rig.until(id, 'unknown')
  })

  test('that this version does not know is unknown as well', async () => {
    const strange = new Failure('STRANGE_THING', { says: 'x', fix: 'x', retry: 'never' })

    expect(await first(strange)).toMatchObject({ state: 'unknown' })
  })

  test('for which nobody was even asked is no attempt, and says what it waits for', async () => {
    const message = await first(consoleFailure('NO_CONNECTOR_ATTACHED'))

    expect(message).toMatchObject({ state: 'waiting', attempts: 0, waitsFor: 'CONSOLE_NO_CONNECTOR_ATTACHED' })
    await rig.clock.advance(31_000)
    // Its day begins when somebody can be asked.
    const movedMs = async () => (await rig.message(message.id)).giveUpAt.getTime() - message.giveUpAt.getTime()
    await expect.poll(movedMs, { timeout: 3000 }).toBeGreaterThanOrEqual(30_000)
    rig.answer = all('sent')
    await rig.until(message.id, 'sent', 30_000)
    expect(rig.names()).toEqual([])
  })

  test('of a store that cannot write down what is handed over is no attempt either: nothing was handed over', async () => {
    const message = await first(storeFailure('DISK_FULL'))

    expect(message).toMatchObject({ state: 'waiting', attempts: 0, waitsFor: 'STORE_DISK_FULL' })
  })

  test('is told in words wherever the message is shown: what it waits for, and what to do', async () => {
    const waitsAfter = async (key: string, answer: typeof rig.answer) => {
      rig.answer = answer
      const { id } = await rig.queue(key)
      await expect.poll(async () => (await rig.message(id)).waits, { timeout: 3000 }).toBeDefined()
      return rig.message(id)
    }

    const alone = await waitsAfter(
      'a',
      failing(consoleFailure('NO_CONNECTOR_ATTACHED', { details: { group: 'Acme' } })),
    )
    const details = { server: 'mx.test:25', reason: 'ECONNREFUSED' }
    const down = await waitsAfter('b', failing(mailFailure('UNREACHABLE', { details })))
    const later = all('deferred', { reply: 450, status: '4.2.0', said: 'Greylisted, come back later' })
    const { id, waits } = await waitsAfter('c', later)

    expect(alone.waits).toMatchObject({
      code: 'CONSOLE_NO_CONNECTOR_ATTACHED',
      says: expect.stringContaining('Acme'),
    })
    expect(down.waits).toMatchObject({ code: 'MAIL_UNREACHABLE', says: expect.stringContaining('ECONNREFUSED') })
    expect(waits).toMatchObject({
      code: 'OUTBOX_DEFERRED',
      says: expect.stringContaining('450 4.2.0 Greylisted, come back later'),
      fix: expect.stringContaining('greylisting'),
    })
    // The oldest is still the one nobody could be asked for.
    expect(await rig.store.mailList.waits(rig.group)).toMatchObject({ code: 'CONSOLE_NO_CONNECTOR_ATTACHED' })

    rig.answer = all('sent')
    await rig.until(id, 'sent', minute)
    expect((await rig.message(id)).waits).toBeUndefined()
  })

  test('every code that is told apart is one that exists', () => {
    const codes = definedFailures().flatMap(({ prefix, rows }) => Object.keys(rows).map((key) => `${prefix}_${key}`))

    expect([...notReachedCodes, ...finalCodes].filter((code) => !codes.includes(code))).toEqual([])
  })
})

describe('a message that cannot be opened', () => {
  test('is left alone for a while, and holds up nobody', async () => {
    const begin = rig.store.mailAttempts.begin.bind(rig.store.mailAttempts)
    const broken = new Set<string>()
    let tries = 0
    rig.store.mailAttempts.begin = async (id) => {
      const subject = (await rig.store.mailList.find(rig.group, id))?.key ?? ''
      if (subject === 'good') return begin(id)
      tries++
      broken.add(id)
      throw new Error('sealed under another key')
    }
    for (const key of ['a', 'b', 'c']) await rig.queue(key)

    const good = await rig.queue('good', ['bob@example.com'])
    await rig.until(good.id, 'sent', 10)
    await expect.poll(() => broken.size, { timeout: 5000 }).toBe(3)
    const before = tries
    await rig.clock.advance(5000)
    await new Promise((resolve) => setTimeout(resolve, 50))

    expect(tries).toBe(before)
  })
})

describe('many at once', () => {
  test('a group has two under way, in their order, and a slow group holds up nobody', async () => {
    const other = (await rig.store.groups.add({ name: 'Other' })).id
    const waiting: (() => void)[] = []
    rig.answer = (asked) =>
      asked.group === rig.group
        ? new Promise((resolve) => waiting.push(() => resolve(all('sent')(asked))))
        : all('sent')(asked)
    const slow: MailMessage[] = []
    for (const key of ['a', 'b', 'c', 'd']) slow.push(await rig.queue(key))
    const quick: MailMessage[] = []
    for (const key of ['a', 'b', 'c', 'd', 'e']) quick.push(await rig.queue(key, ['bob@example.com'], other))

    for (const { id } of quick) await rig.until(id, 'sent', 1000, other)
    const ofSlow = () =>
      rig.asked.filter(({ group }) => group === rig.group).map(({ parameters }) => parameters.messageId)

    expect(ofSlow()).toEqual(slow.slice(0, 2).map(({ messageId }) => messageId))
    expect(rig.outbox.underWay(rig.group)).toBe(2)
    while (waiting.length > 0 || ofSlow().length < 4) {
      waiting.shift()?.()
      await rig.clock.advance(1000)
      await new Promise((resolve) => setTimeout(resolve, 2))
    }
    for (const { id } of slow) await rig.until(id, 'sent')
    expect(ofSlow()).toEqual(slow.map(({ messageId }) => messageId))
  })

  test('a console that stopped in the middle sends again later what it was sending, and at once what it was not', async () => {
    rig.answer = () => new Promise(() => {})
    const begun = await rig.queue('a')
    await rig.until(begun.id, 'sending')
    // As after kill -9: nobody says good-bye, and another one starts over the same store.
    rig.answer = all('sent')
    await rig.start()
    const fresh = await rig.queue('b')

    await rig.until(fresh.id, 'sent')
    const unknown = await rig.message(begun.id)
    await rig.until(begun.id, 'sent', minute)

    expect(unknown).toMatchObject({ state: 'unknown' })
    expect(rig.asked.map(({ parameters }) => parameters.messageId)).toEqual([
      begun.messageId,
      fresh.messageId,
      begun.messageId,
    ])
  })
})
