/** Lines that stay open between messages: what they spare, and that no message can tell. */
import { FakeClock } from '@sallygate/testkit'
import type { SmtpLine } from '@sallygate/testkit/scripted-smtp'
import { testContext } from '@sallygate/testkit/service-host'
import { makeTlsAuthority } from '@sallygate/testkit/tls-server-identity'
import fc from 'fast-check'
import { afterEach, describe, expect, test } from 'vitest'
import { open, send, stopAll, type Office } from './testing/office.ts'

afterEach(stopAll)

const idOf = (number: number) => `${number}@example.com`
const sendOne = ({ life }: Pick<Office, 'life'>, number: number, clock?: FakeClock) =>
  send(life, { messageId: idOf(number) }, testContext({ ...(clock && { clock }), deadlineMs: 300_000 }))
const verbs = ({ server }: Office) =>
  server.lines.filter((line) => /^[A-Z]{4,8}\b/.test(line)).map((line) => line.split(' ')[0])
const timesTaken = ({ server }: Office, number: number) =>
  server.taken.filter(({ data }) => data.includes(`Message-ID: <${idOf(number)}>`)).length

describe('messages that follow each other', () => {
  test('go over one line, encrypted and signed in once', async () => {
    const authority = await makeTlsAuthority()
    const office = await open(
      {
        tls: await authority.issue(['localhost']),
        extensions: (isEncrypted) => ['SIZE 10240000', isEncrypted ? 'AUTH PLAIN' : 'STARTTLS'],
      },
      { encryption: 'required', trust: authority.certificate, authentication: 'plain', user: 'u', password: 'p' },
    )

    for (const number of [1, 2, 3]) expect((await sendOne(office, number)).protocol).toBe('TLSv1.3')

    const message = ['MAIL', 'RCPT', 'DATA']
    const next = ['EHLO', ...message]
    expect(verbs(office)).toEqual(['EHLO', 'STARTTLS', 'EHLO', 'AUTH', ...message, ...next, ...next])
    expect(office.server.taken.map(({ recipients }) => recipients)).toEqual(Array(3).fill(['ada@example.com']))
  })

  test('and come too late, or are too many, find a new one', async () => {
    const clock = new FakeClock()
    const office = await open({}, {}, { clock })
    let connections = 0
    const watched = await open({ script: ({ verb }) => (verb === '' && connections++, false) }, {}, { clock })

    await sendOne(office, 1, clock)
    expect(office.server.openConnections).toBe(1)
    await clock.advance(5000)
    await expect.poll(() => office.server.openConnections).toBe(0)
    expect((await sendOne(office, 2, clock)).recipients).toMatchObject([{ outcome: 'sent' }])

    for (let number = 0; number < 51; number++) await sendOne(watched, number, clock)
    expect(connections).toBe(2)
    for (let turn = 0; turn < 17; turn++) {
      await sendOne(watched, 100 + turn, clock)
      await clock.advance(4000)
    }
    expect(connections).toBe(3)
  })

  test('two at once have a line each, and no more than two stay', async () => {
    const office = await open()

    await Promise.all([1, 2, 3, 4].map((number) => sendOne(office, number)))

    await expect.poll(() => office.server.openConnections).toBe(2)
    expect(office.server.taken).toHaveLength(4)
  })

  test('a service that stops, or gets new settings, leaves no line open', async () => {
    const stopped = await open()
    const changed = await open()
    for (const office of [stopped, changed]) await sendOne(office, 1)

    await stopped.life.stop()
    await changed.life.configure({
      servers: [{ host: 'localhost', port: changed.server.port }],
      encryption: 'none',
      from: 'other@example.com',
    })

    for (const { server } of [stopped, changed]) await expect.poll(() => server.openConnections).toBe(0)
    await sendOne(changed, 2)
    expect(changed.server.taken.at(-1)?.from).toBe('other@example.com')
  })

  test('a line to a server that does not say what it can do is not kept: nothing would show that it is in step', async () => {
    const office = await open({ extensions: () => [] })

    await sendOne(office, 1)

    await expect.poll(() => office.server.openConnections).toBe(0)
  })
})

/** What a server does in one transaction. */
const moods = {
  polite: () => false,
  closesBehind: ({ verb, usual, cut }: SmtpLine) => verb === '.' && (usual(), setImmediate(cut), true),
  answersTwice: ({ verb, usual, say }: SmtpLine) => verb === '.' && (usual(), say('250 2.0.0 Ok, once more'), true),
  answersAgainLater: ({ verb, say, usual }: SmtpLine) => verb === 'EHLO' && (say('250 2.0.0 Ok, late'), usual(), true),
  refusesTheLine: ({ verb, say, cut }: SmtpLine) =>
    verb === 'MAIL' && (say('421 4.7.0 Enough'), setImmediate(cut), true),
  cutsAtTheSender: ({ verb, cut }: SmtpLine) => verb === 'MAIL' && (cut(), true),
  cutsAtTheMessage: ({ verb, cut }: SmtpLine) => verb === 'DATA' && (cut(), true),
  defersTheRecipient: ({ verb, say }: SmtpLine) => verb === 'RCPT' && (say('450 4.2.0 Later'), true),
  refusesTheRecipient: ({ verb, say }: SmtpLine) => verb === 'RCPT' && (say('550 5.1.1 No such user'), true),
  loses: ({ verb, cut }: SmtpLine) => verb === '.' && (cut(), true),
  takesAndCuts: ({ verb, take, cut }: SmtpLine) => verb === '.' && (take(), cut(), true),
} satisfies Record<string, (line: SmtpLine) => boolean>

type Mood = keyof typeof moods
const names = Object.keys(moods) as Mood[]

/** One mood a message, also where it takes two lines to say it. */
async function sendAll(list: readonly Mood[]) {
  let mood: Mood = 'polite'
  const office = await open({ script: (line) => moods[mood](line) })
  const results: { outcome: string; taken: number }[] = []
  for (const [number, next] of list.entries()) {
    mood = next
    const outcome = await sendOne(office, number).then(
      ({ recipients }) => recipients[0]?.outcome ?? 'none',
      (error: { code: string }) => error.code,
    )
    results.push({ outcome, taken: timesTaken(office, number) })
  }
  await stopAll()
  return results
}

describe('whatever the server does', () => {
  test('sent is taken once, unknown at most once, and everything else never', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.constantFrom(...names), { minLength: 2, maxLength: 8 }), async (list) => {
        for (const { outcome, taken } of await sendAll(list)) {
          if (outcome === 'sent') expect(taken).toBe(1)
          else if (outcome === 'unknown') expect(taken).toBeLessThanOrEqual(1)
          else expect([outcome, taken]).toEqual([expect.stringMatching(/^(?:deferred|refused|MAIL_[A-Z_]+)$/), 0])
        }
      }),
      { numRuns: 60 },
    )
  })

  test('a message over a kept line ends as it would over a new one', async () => {
    for (const name of names) {
      const [alone] = await sendAll([name])
      const [, behind] = await sendAll(['polite', name])

      // Over a new line a greeting of two answers is no SMTP; a kept one is left for a new one, which is the same.
      expect([name, behind]).toEqual([name, alone])
    }
  })

  test.each(['closesBehind', 'answersTwice'] as const)(
    'a line on which a server %s is left, and the next message does not notice',
    async (name) => {
      expect(await sendAll([name, 'polite', 'polite'])).toEqual(Array(3).fill({ outcome: 'sent', taken: 1 }))
    },
  )

  test('an answer that comes too late is never taken for the one to the next command', async () => {
    let greetings = 0
    const office = await open({
      script({ line, verb, say, usual }) {
        if (line === 'RCPT TO:<b@x.test>') return (say('550 5.1.1 No such user'), true)
        // To a new line, and to the kept one: there it says first what it has forgotten to say before.
        if (verb !== 'EHLO' || ++greetings !== 2) return false
        say('250 2.0.0 Ok, late')
        setTimeout(usual, 50)
        return true
      },
    })
    const to = ['a@x.test', 'b@x.test']
    await sendOne(office, 1)

    const { recipients } = await send(office.life, { messageId: idOf(2), to, recipients: to })

    // One answer further on, the refusal of the second would have stood for the whole message.
    expect(recipients).toMatchObject([
      { address: 'a@x.test', outcome: 'sent' },
      { address: 'b@x.test', outcome: 'refused', reply: 550 },
    ])
    expect([greetings, timesTaken(office, 2)]).toEqual([3, 1])
  })

  test('a line that was refused or cut before anything was handed over is replaced at once', async () => {
    for (const cause of ['421 4.7.0 Enough for one connection', undefined]) {
      let isFirst = true
      let transactions = 0
      const office = await open({
        script({ verb, say, cut }) {
          if (verb === '') transactions = 0
          if (verb !== 'MAIL' || ++transactions < 2 || !isFirst) return false
          isFirst = false
          if (cause === undefined) cut()
          else say(cause)
          return true
        },
      })

      for (const number of [1, 2]) {
        expect((await sendOne(office, number)).recipients).toMatchObject([{ outcome: 'sent' }])
        expect(timesTaken(office, number)).toBe(1)
      }
      expect(isFirst).toBe(false)
    }
  })
})
