/** T55: the moment in which both sides may have the message (RFC 1047), and the one before it. */
import { testContext } from '@sallygate/testkit/service-host'
import { FakeClock } from '@sallygate/testkit'
import { afterEach, expect, test } from 'vitest'
import { open, send, stopAll } from './testing/office.ts'

afterEach(stopAll)

test('a cut after the final dot is unknown, for those the server had accepted', async () => {
  const { life } = await open({
    script: ({ line, verb, say, cut }) => {
      if (line === 'RCPT TO:<b@x.test>') return (say('550 5.1.1 No such user'), true)
      return verb === '.' && (cut(), true)
    },
  })
  const to = ['a@x.test', 'b@x.test']

  const { recipients } = await send(life, { to, recipients: to })

  expect(recipients).toEqual([
    { address: 'a@x.test', outcome: 'unknown' },
    { address: 'b@x.test', outcome: 'refused', reply: 550, status: '5.1.1', said: 'No such user' },
  ])
})

test('what is unknown is sent again when it is asked for again, under the same Message-ID', async () => {
  let cuts = 1
  const { server, life } = await open({
    script: ({ verb, take, cut }) => verb === '.' && cuts-- > 0 && (take(), cut(), true),
  })

  const first = await send(life)
  const second = await send(life)

  expect([first, second].map(({ recipients }) => recipients[0]?.outcome)).toEqual(['unknown', 'sent'])
  const ids = server.taken.map(({ data }) => /^Message-ID: (.*)\r$/m.exec(data)?.[1])
  expect(ids).toEqual(['<17@example.com>', '<17@example.com>'])
})

test('a cut before the final dot is not handed over, and is no unknown', async () => {
  const { server, life } = await open({ script: ({ verb, cut }) => verb === 'DATA' && (cut(), true) })

  await expect(send(life)).rejects.toMatchObject({
    code: 'MAIL_CONNECTION_LOST',
    details: { server: expect.any(String) },
  })

  expect(server.taken).toEqual([])
})

test('a server that takes five minutes over the final dot is waited for', async () => {
  const clock = new FakeClock()
  let answer: (() => void) | undefined
  const { life } = await open({ script: ({ verb, usual }) => verb === '.' && ((answer = usual), true) }, {}, { clock })
  const sending = send(life, {}, testContext({ clock, deadlineMs: 570_000 }))
  await expect.poll(() => answer, { timeout: 5000 }).toBeDefined()

  await clock.advance(300_000)
  answer?.()

  expect((await sending).recipients).toMatchObject([{ outcome: 'sent' }])
})

test('one that takes longer than that is unknown, before the request itself has ended', async () => {
  const clock = new FakeClock()
  let hasCome = false
  const { life } = await open({ script: ({ verb }) => verb === '.' && (hasCome = true) }, {}, { clock })
  const context = testContext({ clock, deadlineMs: 570_000 })
  const sending = send(life, {}, context)
  await expect.poll(() => hasCome, { timeout: 5000 }).toBe(true)

  await clock.advance(569_500)

  expect((await sending).recipients).toEqual([{ address: 'ada@example.com', outcome: 'unknown' }])
  expect(context.remainingMs()).toBeGreaterThan(0)
})

test('a request without time left hands nothing over, and says that it did not', async () => {
  const { server, life } = await open({ script: ({ verb }) => verb === 'RCPT' })

  await expect(send(life, {}, testContext({ deadlineMs: 2000 }))).rejects.toMatchObject({ code: 'MAIL_TIME_OUT' })

  expect(server.taken).toEqual([])
})

test('a service that gets new settings at the final dot says unknown and not nothing', async () => {
  let hasCome = false
  const { life } = await open({ script: ({ verb }) => verb === '.' && (hasCome = true) })
  const sending = send(life)
  await expect.poll(() => hasCome, { timeout: 5000 }).toBe(true)

  await life.stop()

  expect((await sending).recipients).toEqual([{ address: 'ada@example.com', outcome: 'unknown' }])
})

test('a server that refuses in the middle of the message is believed, and the final dot does not go', async () => {
  const { server, life } = await open({
    script: ({ verb, say }) => verb === 'DATA' && (say('354 go'), say('552 5.3.4 Too big'), true),
  })

  const { recipients } = await send(life)

  expect(recipients).toMatchObject([{ outcome: 'refused', reply: 552, status: '5.3.4' }])
  expect(server.lines.at(-1)).not.toBe('.')
})
