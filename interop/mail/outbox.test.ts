/**
 * T19: the outbox of a console that is killed, with Postfix behind it.
 *
 * Console, relay and connector are processes as they ship. What was acknowledged arrives:
 * once, or twice under one Message-ID, and never not at all.
 *
 * @module
 */
import { Installation } from '@sallygate/testkit/installation'
import { missingProgram } from '@sallygate/testkit/peers'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { startCuttingProxy, type CuttingProxy } from './cutting-proxy.ts'
import type { MailServer } from './mail-server.ts'
import { startPostfix } from './postfix.ts'

const missing =
  missingProgram('postfix', 'Debian package postfix') ??
  missingProgram('dovecot', 'Debian package dovecot-core') ??
  (process.getuid?.() === 0 ? undefined : 'Postfix is started by root')
if (missing !== undefined) console.log(`skipped: the outbox with Postfix, ${missing}`)

interface Message {
  readonly id: string
  readonly messageId: string
  readonly state: string
}

describe.skipIf(missing !== undefined)('a console that is killed', () => {
  let postfix: MailServer
  let line: CuttingProxy
  let whole: Installation

  beforeAll(async () => {
    postfix = await startPostfix()
    line = await startCuttingProxy(postfix.openPort)
    whole = await Installation.open()
    await whole.join('one', [`mail=127.0.0.1:${line.port}`])
    const settings = {
      servers: [{ host: '127.0.0.1', port: line.port }],
      encryption: 'none',
      from: 'sallygate@lab.test',
    }
    const { status } = await whole.api('PUT', `/api/groups/${whole.group}/services/mail`, { settings })
    expect(status).toBe(200)
  }, 120_000)
  afterAll(async () => {
    await whole?.close()
    await line?.stop()
    await postfix?.stop()
  }, 60_000)

  const path = () => `/api/groups/${whole.group}/mail`
  const queue = async (to = 'ada@lab.test') => (await whole.api('POST', `${path()}/test`, { to: [to] })).body as Message
  const message = async (id: string) => (await whole.api('GET', `${path()}/messages/${id}`)).body as Message
  const received = ({ messageId }: Message) => postfix.delivered().filter((one) => one.messageId === messageId).length
  const notSent = async (of: readonly Message[]) => {
    const { body } = await whole.api('GET', `${path()}/messages?limit=100`)
    const open = (body.messages as readonly Message[]).filter(({ state }) => state !== 'sent')
    return open.filter(({ id }) => of.some((one) => one.id === id)).length
  }
  const restart = async () => {
    await whole.console.kill()
    whole.disconnect()
    whole.console.start()
    await whole.untilLive('one')
  }
  /** A person who does not want to wait a quarter of an hour clicks. */
  const hurry = async (id: string) => {
    const { state } = await message(id)
    if (state === 'unknown') await whole.api('POST', `${path()}/messages/${id}/retry`)
    return state === 'sent'
  }

  test('sends after its start what it had acknowledged, each once or twice under one Message-ID, never not at all', async () => {
    const acknowledged: Message[] = []
    let open = 0
    for (let round = 0; round < 3; round++) {
      // Two are under way and the others wait when the console goes.
      const queued = await Promise.all(Array.from({ length: 8 }, () => queue()))
      acknowledged.push(...queued)
      open += await notSent(queued)
      await restart()
    }
    expect(open, 'nothing was under way when the console was killed').toBeGreaterThan(0)
    expect(acknowledged.every(({ id }) => /^[0-9a-f]{32}$/.test(id))).toBe(true)

    for (const { id } of acknowledged) await whole.until(() => hurry(id), 60_000, `${id} is sent`)

    await whole.until(() => acknowledged.every((one) => received(one) > 0), 30_000, 'all have arrived')
    const times = acknowledged.map(received)
    console.log(`figure acknowledged under 3 kills: ${times.length}`)
    console.log(`figure not sent yet at the kills: ${open}`)
    console.log(`figure arrived twice: ${times.filter((count) => count === 2).length}`)
    expect(Math.max(...times)).toBeLessThanOrEqual(2)
  }, 180_000)

  test('a line that is cut after the final dot, and a console that is killed then, lose nothing either', async () => {
    line.cuts = 1
    const queued = await queue()
    await whole.until(async () => (await message(queued.id)).state === 'unknown', 30_000, 'it is unknown')

    await restart()
    const after = await message(queued.id)
    await whole.until(() => hurry(queued.id), 60_000, 'it is sent')

    expect(after.state).toBe('unknown')
    await whole.until(() => received(queued) > 0, 30_000, 'it has arrived')
    expect(received(queued)).toBeLessThanOrEqual(2)
  }, 120_000)

  test('a console that is killed while the answer to the final dot is still to come sends it once more, and never not at all', async () => {
    line.silences = 1
    const before = line.silent
    const queued = await queue()
    await whole.until(() => line.silent > before, 30_000, 'the server has it and nobody was told')
    expect((await message(queued.id)).state).toBe('sending')

    await restart()
    const after = await message(queued.id)
    await whole.until(() => hurry(queued.id), 60_000, 'it is sent')

    expect(after.state).toBe('unknown')
    await whole.until(() => received(queued) > 0, 30_000, 'it has arrived')
    expect(received(queued)).toBeLessThanOrEqual(2)
  }, 120_000)

  test('a connector that is killed in the middle of sending leaves it unknown or waiting, and it arrives', async () => {
    const all = await Promise.all(Array.from({ length: 6 }, () => queue()))
    expect(await notSent(all), 'nothing was under way when the connector was killed').toBeGreaterThan(0)
    await whole.connector('one').kill()
    whole.connector('one').start()
    await whole.untilLive('one')

    for (const { id } of all) {
      await whole.until(
        async () => {
          if ((await message(id)).state === 'waiting') await whole.api('POST', `${path()}/messages/${id}/retry`)
          return hurry(id)
        },
        90_000,
        `${id} is sent`,
      )
    }

    await whole.until(() => all.every((one) => received(one) > 0), 30_000, 'all have arrived')
    expect(Math.max(...all.map(received))).toBeLessThanOrEqual(2)
  }, 180_000)
})
