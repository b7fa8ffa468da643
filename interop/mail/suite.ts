/**
 * What the mail service has to do with every real mail server.
 *
 * @module
 */
import { ServiceLife, type CheckRow } from '@sallygate/service-kit'
import { mailService } from '@sallygate/service-mail/agent'
import type { MailSettingsInput, RecipientOutcome } from '@sallygate/service-mail/contract'
import { testContext, testServiceHost } from '@sallygate/testkit/service-host'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { startCuttingProxy, type CuttingProxy } from './cutting-proxy.ts'
import { account, type MailServer } from './mail-server.ts'

export function mailServerSuite(name: string, missing: string | undefined, start: () => Promise<MailServer>): void {
  describe.skipIf(missing !== undefined)(name, () => {
    let server: MailServer
    let proxy: CuttingProxy
    const lives: ServiceLife[] = []
    let number = 0

    beforeAll(async () => {
      server = await start()
      proxy = await startCuttingProxy(server.openPort)
      console.log(`${name} ${server.version}`)
    }, 60_000)
    afterAll(async () => {
      await proxy?.stop()
      await server?.stop()
    }, 30_000)
    afterEach(async () => {
      for (const life of lives.splice(0)) await life.stop()
    })

    async function connect(port: number, settings: Partial<MailSettingsInput> = {}): Promise<ServiceLife> {
      const life = new ServiceLife(mailService, testServiceHost({ addresses: { localhost: '127.0.0.1' } }))
      lives.push(life)
      const state = await life.configure({
        servers: [{ host: 'localhost', port }],
        trust: server.authority,
        from: 'sallygate@lab.test',
        ...settings,
      })
      expect(state).toEqual({ kind: 'healthy' })
      return life
    }
    const newId = () => `${++number}.${process.pid}@lab.test`
    const send = async (life: ServiceLife, messageId: string, to: readonly string[] = ['ada@lab.test']) => {
      const params = {
        messageId,
        date: '2026-11-22T10:00:00.000Z',
        to,
        recipients: to,
        subject: 'Grüße 🎉',
        text: '.\n..\nHello\n',
        html: '<p>Hello</p>',
      }
      const sent = (await life.run('send', params, testContext())) as {
        recipients: readonly RecipientOutcome[]
        protocol?: string
      }
      return { ...sent, outcomes: sent.recipients.map(({ outcome }) => outcome) }
    }
    const received = (messageId: string) => server.delivered().filter((one) => one.messageId === messageId)
    const arrives = (messageId: string, times = 1) =>
      expect.poll(() => received(messageId).length, { timeout: 20_000 }).toBe(times)

    test.each(['plain', 'login', 'cramMd5'] as const)(
      'STARTTLS and %s: it arrives as it was written',
      async (authentication) => {
        const life = await connect(server.submissionPort, { encryption: 'required', authentication, ...account })
        const id = newId()

        const sent = await send(life, id)

        expect(sent.outcomes).toEqual(['sent'])
        expect(sent.protocol).toMatch(/^TLSv1\.[23]$/)
        await arrives(id)
        expect(received(id)[0]?.raw).toContain('Auto-Submitted: auto-generated')
        expect(received(id)[0]?.raw.replaceAll('\r\n', '\n')).toMatch(/\n\.\n\.\.\nHello\n/)
      },
    )

    test('TLS from the first byte', async () => {
      const life = await connect(server.implicitPort, { encryption: 'implicit', authentication: 'plain', ...account })
      const id = newId()

      expect((await send(life, id)).outcomes).toEqual(['sent'])

      await arrives(id)
    })

    test('a wrong password, a missing sign-in and an unknown authority are each told by name', async () => {
      const wrong = await connect(server.submissionPort, {
        encryption: 'required',
        authentication: 'plain',
        ...account,
        password: 'wrong',
      })
      const plain = await connect(server.submissionPort, { encryption: 'none', authentication: 'plain', ...account })
      const stranger = await connect(server.submissionPort, { encryption: 'required', trust: undefined })

      await expect(send(wrong, newId())).rejects.toMatchObject({ code: 'MAIL_AUTH_REFUSED', details: { reply: 535 } })
      await expect(send(plain, newId())).rejects.toMatchObject({ code: 'MAIL_AUTH_NOT_OFFERED' })
      await expect(send(stranger, newId())).rejects.toMatchObject({ code: 'MAIL_TLS_UNTRUSTED' })
    })

    test('greylisting and an unknown recipient are said for that recipient alone', async () => {
      const life = await connect(server.openPort, { encryption: 'required' })
      const id = newId()

      const { recipients } = await send(life, id, ['ada@lab.test', 'later@lab.test', 'gone@lab.test'])

      expect(recipients).toMatchObject([
        { address: 'ada@lab.test', outcome: 'sent' },
        { address: 'later@lab.test', outcome: 'deferred' },
        { address: 'gone@lab.test', outcome: 'refused', reply: 550 },
      ])
      expect(recipients[1]?.reply).toBeGreaterThanOrEqual(450)
      expect(recipients[1]?.said).toContain('Greylisted')
      await arrives(id)
    })

    test('a cut after the final dot is unknown, and sent once more it has arrived once or twice under one Message-ID, never not at all', async () => {
      const life = await connect(proxy.port, { encryption: 'none' })
      const id = newId()
      proxy.cuts = 1

      const first = await send(life, id)
      const second = await send(life, id)

      expect([first.outcomes, second.outcomes]).toEqual([['unknown'], ['sent']])
      await expect.poll(() => received(id).length, { timeout: 20_000 }).toBeGreaterThanOrEqual(1)
      expect(received(id).length).toBeLessThanOrEqual(2)
    })

    test('a message that is larger than the server takes is not begun', async () => {
      const life = await connect(server.openPort, { encryption: 'required' })
      const params = {
        messageId: newId(),
        date: '2026-11-22T10:00:00.000Z',
        to: ['ada@lab.test'],
        recipients: ['ada@lab.test'],
        subject: 's',
        text: 'ü'.repeat(60_000),
        html: 'ü'.repeat(60_000),
      }

      await expect(life.run('send', params, testContext())).rejects.toMatchObject({ code: 'MAIL_TOO_LARGE' })
    })

    test('every row of the check is well', async () => {
      const life = await connect(server.submissionPort, { encryption: 'required', authentication: 'plain', ...account })

      const { rows } = (await life.run('check', {}, testContext())) as { rows: readonly CheckRow[] }

      expect(rows.filter(({ result }) => result === 'failed')).toEqual([])
      expect(rows.map(({ target }) => target.split(':')[0])).toContain('Sign-in')
    })
  })
}
