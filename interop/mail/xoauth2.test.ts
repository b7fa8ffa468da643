/**
 * XOAUTH2 against Postfix with Dovecot, which asks the issuer about every token. The issuer is *simulated*.
 *
 * @module
 */
import { createServer, type AddressInfo } from 'node:net'
import { createLog } from '@sallygate/base/log'
import { ServiceLife, type CheckRow } from '@sallygate/service-kit'
import { mailService } from '@sallygate/service-mail/agent'
import type { MailSettingsInput } from '@sallygate/service-mail/contract'
import { freePort } from '@sallygate/testkit/free-port'
import { missingProgram } from '@sallygate/testkit/peers'
import { testContext, testServiceHost } from '@sallygate/testkit/service-host'
import { makeTlsAuthority } from '@sallygate/testkit/tls-server-identity'
import { afterAll, afterEach, beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import type { MailServer } from './mail-server.ts'
import { sendShort } from './message.ts'
import { startPostfix } from './postfix.ts'
import { client, mailScope, startSimulatedIssuer } from './simulated-issuer.ts'

const missing =
  missingProgram('postfix', 'Debian package postfix') ??
  missingProgram('dovecot', 'Debian package dovecot-core') ??
  (process.getuid?.() === 0 ? undefined : 'Postfix is started by root')
if (missing !== undefined) console.log(`skipped: XOAUTH2 with Postfix and Dovecot, ${missing}`)

const user = 'sallygate@lab.test'

describe.skipIf(missing !== undefined)('XOAUTH2 with Postfix and Dovecot', () => {
  let issuer: Awaited<ReturnType<typeof startSimulatedIssuer>>
  let server: MailServer
  const lives: ServiceLife[] = []
  const logged: string[] = []
  let number = 0

  beforeAll(async () => {
    issuer = await startSimulatedIssuer(user)
    const { introspection, authority } = issuer
    server = await startPostfix({ introspection, authority, scope: mailScope })
  }, 60_000)
  afterAll(async () => {
    await server?.stop()
    await issuer?.stop()
  }, 30_000)
  afterEach(async () => {
    for (const life of lives.splice(0)) await life.stop()
    Object.assign(issuer.mood, { username: user, answer: undefined, introspection: undefined })
  })

  async function connect(settings: Partial<MailSettingsInput> = {}): Promise<ServiceLife> {
    const log = createLog({
      part: 'test',
      level: 'debug',
      destination: { write: (line: string) => void logged.push(line) },
    })
    const life = new ServiceLife(mailService, testServiceHost({ addresses: { localhost: '127.0.0.1' }, log }))
    lives.push(life)
    const state = await life.configure({
      servers: [{ host: 'localhost', port: server.submissionPort }],
      encryption: 'required',
      trust: server.authority,
      from: user,
      authentication: 'xoauth2',
      user,
      tokenEndpoint: issuer.tokenEndpoint,
      tokenTrust: issuer.authority,
      tokenScope: mailScope,
      ...client,
      ...settings,
    })
    expect(state).toEqual({ kind: 'healthy' })
    return life
  }
  async function send(life: ServiceLife) {
    const messageId = `${++number}.${process.pid}.xoauth2@lab.test`
    return { messageId, outcome: await sendShort(life, messageId) }
  }
  const arrived = (id: string) => server.delivered().filter(({ messageId }) => messageId === id).length

  test('a message arrives, and the token serves the next ones as well', async () => {
    const life = await connect()
    const before = issuer.tokens().length

    const first = await send(life)
    // One line is open already; the other one is new.
    const sent = [first, ...(await Promise.all([send(life), send(life)]))]

    expect(sent.map(({ outcome }) => outcome)).toEqual(['sent', 'sent', 'sent'])
    expect(issuer.tokens().length - before).toBe(1)
    for (const { messageId } of sent) await expect.poll(() => arrived(messageId), { timeout: 20_000 }).toBe(1)
  })

  test('the check signs in', async () => {
    const { rows } = (await (await connect()).run('check', {}, testContext())) as { rows: readonly CheckRow[] }

    expect(rows.find(({ target }) => target.startsWith('Sign-in'))).toMatchObject({ result: 'ok' })
  })

  test('a token that ended early is replaced at once, and the message goes', async () => {
    const life = await connect()
    await send(life)
    issuer.withdraw()
    const before = issuer.tokens().length

    // One goes over the line that was open before; the other one has to sign in.
    const sent = await Promise.all([send(life), send(life)])

    expect(sent.map(({ outcome }) => outcome)).toEqual(['sent', 'sent'])
    expect(issuer.tokens().length - before).toBe(1)
  })

  test('a token for something else, and one of somebody else, are refused', async () => {
    await expect(send(await connect({ tokenScope: 'calendar.read' }))).rejects.toMatchObject({
      code: 'MAIL_AUTH_REFUSED',
      retry: 'never',
    })
    issuer.mood.username = 'eve@lab.test'
    await expect(send(await connect())).rejects.toMatchObject({ code: 'MAIL_AUTH_REFUSED' })
  })

  test('a mail server that cannot ask the issuer refuses whoever comes; once it can, the message goes', async () => {
    issuer.mood.introspection = () => ({ status: 500, body: 'out of order' })
    const life = await connect()

    // Dovecot and Postfix have one word for both. The outbox tries again after any refusal of the account.
    await expect(send(life)).rejects.toMatchObject({ code: 'MAIL_AUTH_REFUSED', details: { reply: 535 } })
    issuer.mood.introspection = undefined

    expect((await send(life)).outcome).toBe('sent')
  })

  test('an issuer that refuses the client is told by its own word', async () => {
    await expect(send(await connect({ clientSecret: 'wrong' }))).rejects.toMatchObject({
      code: 'MAIL_TOKEN_REFUSED',
      details: { status: 401, said: 'invalid_client' },
    })
  })

  test.each([
    ['a page', 200, '<html>Sign in</html>', 'MAIL_TOKEN_REFUSED'],
    ['a token with a line break', 200, '{"access_token":"a\\r\\nMAIL FROM:<x@y>"}', 'MAIL_TOKEN_REFUSED'],
    ['JSON without a token', 200, '{"token_type":"Bearer"}', 'MAIL_TOKEN_REFUSED'],
    ['an error of its own', 503, '{}', 'MAIL_TOKEN_UNREACHABLE'],
    ['a place elsewhere', 302, '', 'MAIL_TOKEN_REFUSED'],
    ['more than anybody needs', 200, 'x'.repeat(200_000), 'MAIL_TOKEN_UNREACHABLE'],
  ])(
    'an issuer that answers %s: a failure by name, and the mail server is told nothing',
    async (_what, status, body, code) => {
      issuer.mood.answer = () => ({ status, body })

      await expect(send(await connect())).rejects.toMatchObject({ code })
    },
  )

  test('an issuer that is not there, is silent, or is somebody else: a failure by name', async () => {
    const silent = createServer((socket) => socket.on('error', () => {}))
    await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve))
    onTestFinished(() => void silent.close())
    const dead = `https://localhost:${await freePort()}/token`
    const mute = `https://localhost:${(silent.address() as AddressInfo).port}/token`
    const stranger = (await makeTlsAuthority()).certificate

    await expect(send(await connect({ tokenEndpoint: dead }))).rejects.toMatchObject({
      code: 'MAIL_TOKEN_UNREACHABLE',
      details: { reason: 'ECONNREFUSED' },
    })
    await expect(send(await connect({ tokenEndpoint: mute, connectTimeoutMs: 500 }))).rejects.toMatchObject({
      code: 'MAIL_TIME_OUT',
    })
    await expect(send(await connect({ tokenTrust: stranger }))).rejects.toMatchObject({
      code: 'MAIL_TOKEN_UNREACHABLE',
    })
    await expect(send(await connect({ tokenTrust: undefined }))).rejects.toMatchObject({
      code: 'MAIL_TOKEN_UNREACHABLE',
    })
  })

  test('no token and no secret is in any log', () => {
    expect(logged.length).toBeGreaterThan(0)
    for (const secret of [...issuer.tokens(), client.clientSecret]) expect(logged.join('')).not.toContain(secret)
  })
})
