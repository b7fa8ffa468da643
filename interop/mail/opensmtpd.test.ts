/** The mail service against OpenSMTPD, which in Debian's version offers STARTTLS and breaks the handshake. */
import { ServiceLife } from '@sallygate/service-kit'
import { mailService } from '@sallygate/service-mail/agent'
import type { MailSettingsInput, RecipientOutcome } from '@sallygate/service-mail/contract'
import { testContext, testServiceHost } from '@sallygate/testkit/service-host'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { startCuttingProxy, type CuttingProxy } from './cutting-proxy.ts'
import { openSmtpdRoot, startOpenSmtpd, type OpenSmtpd } from './opensmtpd.ts'

const isRoot = process.getuid?.() === 0
const root = isRoot ? openSmtpdRoot() : undefined
const missing = root === undefined ? (isRoot ? 'Debian package opensmtpd' : 'OpenSMTPD is started by root') : undefined
if (missing !== undefined) console.log(`skipped: interop with OpenSMTPD, ${missing}`)

describe.skipIf(missing !== undefined)('OpenSMTPD', () => {
  let server: OpenSmtpd
  let proxy: CuttingProxy
  const lives: ServiceLife[] = []
  let number = 0

  beforeAll(async () => {
    server = await startOpenSmtpd(root ?? '')
    proxy = await startCuttingProxy(server.openPort)
    console.log(`OpenSMTPD ${server.version}`)
  }, 60_000)
  afterAll(async () => {
    await proxy?.stop()
    await server?.stop()
  }, 30_000)
  afterEach(async () => {
    for (const life of lives.splice(0)) await life.stop()
  })

  async function connect(port: number, settings: Partial<MailSettingsInput>): Promise<ServiceLife> {
    const life = new ServiceLife(mailService, testServiceHost({ addresses: { localhost: '127.0.0.1' } }))
    lives.push(life)
    const servers = [{ host: 'localhost', port }]
    await life.configure({ servers, trust: server.authority, from: 'sallygate@lab.test', ...settings })
    return life
  }
  const newId = () => `${++number}.${process.pid}@lab.test`
  const send = async (life: ServiceLife, messageId: string, to: readonly string[] = ['ada@lab.test']) => {
    const params = { messageId, date: '2026-11-22T10:00:00.000Z', to, recipients: to, subject: 's', text: 'Hello\n' }
    return ((await life.run('send', params, testContext())) as { recipients: readonly RecipientOutcome[] }).recipients
  }
  const received = (messageId: string) => server.delivered().filter((one) => one.messageId === messageId).length

  test('without encryption a message arrives, and a recipient elsewhere is refused for himself', async () => {
    const life = await connect(server.openPort, { encryption: 'none' })
    const id = newId()

    const recipients = await send(life, id, ['ada@lab.test', 'eve@elsewhere.test'])

    expect(recipients).toMatchObject([{ outcome: 'sent' }, { outcome: 'refused', reply: 550 }])
    await expect.poll(() => received(id), { timeout: 20_000 }).toBe(1)
  })

  test('a server that wants STARTTLS first says so for the settings, and no recipient is lost', async () => {
    const life = await connect(server.requiringPort, { encryption: 'none' })

    await expect(send(life, newId())).rejects.toMatchObject({ code: 'MAIL_AUTH_REQUIRED', details: { reply: 530 } })
  })

  test('a handshake that breaks is told by name, and nothing is sent in the clear instead', async () => {
    for (const encryption of ['required', 'opportunistic'] as const) {
      const life = await connect(server.openPort, { encryption })
      const id = newId()

      const sent = await send(life, id).catch((error: unknown) => error)

      // A version that keeps its promise is welcome.
      if (sent instanceof Error) expect(sent).toMatchObject({ code: 'MAIL_TLS_FAILED' })
      else expect(sent).toMatchObject([{ outcome: 'sent' }])
    }
  })

  test('a cut after the final dot: once or twice under one Message-ID, never not at all', async () => {
    const life = await connect(proxy.port, { encryption: 'none' })
    const id = newId()
    proxy.cuts = 1

    const [first, second] = [await send(life, id), await send(life, id)]

    expect([first, second].map(([one]) => one?.outcome)).toEqual(['unknown', 'sent'])
    await expect.poll(() => received(id), { timeout: 20_000 }).toBeGreaterThanOrEqual(1)
    expect(received(id)).toBeLessThanOrEqual(2)
  })
})
