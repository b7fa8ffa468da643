import { createHmac } from 'node:crypto'
import { FakeClock } from '@sallygate/testkit'
import type { SmtpLine } from '@sallygate/testkit/scripted-smtp'
import { testContext } from '@sallygate/testkit/service-host'
import { makeTlsAuthority, type TlsAuthority, type TlsServerIdentity } from '@sallygate/testkit/tls-server-identity'
import { startTokenEndpoint, type TokenAnswer, type TokenEndpoint } from '@sallygate/testkit/token-endpoint'
import { afterEach, beforeAll, describe, expect, test } from 'vitest'
import type { MailSettingsInput } from '../contract.ts'
import { open, send, stopAll } from './testing/office.ts'

let authority: TlsAuthority
let identity: TlsServerIdentity
let endpoint: TokenEndpoint | undefined
beforeAll(async () => {
  authority = await makeTlsAuthority()
  identity = await authority.issue(['localhost'])
})
afterEach(async () => {
  await stopAll()
  await endpoint?.stop()
  endpoint = undefined
})

const failure = (code: string, details: object = {}) =>
  expect.objectContaining({ code, details: expect.objectContaining(details) })
const trusting = () => ({ encryption: 'implicit' as const, trust: authority.certificate })
const server = (auth: string, script?: (line: SmtpLine) => boolean | undefined) => ({
  tls: identity,
  isImplicit: true,
  extensions: () => [`AUTH ${auth}`],
  ...(script === undefined ? {} : { script }),
})

describe('with a password', () => {
  const account = { user: 'sallygate', password: 'pässword' }

  test.each(['plain', 'login'] as const)('%s signs in, and a wrong one is refused by name', async (authentication) => {
    const accounts = { sallygate: 'pässword' }
    const right = await open({ ...server('PLAIN LOGIN'), accounts }, { ...trusting(), ...account, authentication })
    const wrong = await open(
      { ...server('PLAIN LOGIN'), accounts },
      { ...trusting(), ...account, password: 'x', authentication },
    )

    expect((await send(right.life)).recipients).toMatchObject([{ outcome: 'sent' }])
    await expect(send(wrong.life)).rejects.toEqual(failure('MAIL_AUTH_REFUSED', { reply: 535, status: '5.7.8' }))
    expect(wrong.life.state()).toMatchObject({ kind: 'degraded', code: 'MAIL_AUTH_REFUSED' })
  })

  test('CRAM-MD5 never sends it', async () => {
    const challenge = Buffer.from('<17.4711@scripted.test>').toString('base64')
    let answered = ''
    const office = await open(
      server('CRAM-MD5', ({ line, say }) => {
        if (line === 'AUTH CRAM-MD5') return (say(`334 ${challenge}`), true)
        if (!answered && !/^(EHLO|$)/.test(line)) return ((answered = line), say('235 2.7.0 Ok'), true)
        return false
      }),
      { ...trusting(), ...account, authentication: 'cramMd5' },
    )

    await send(office.life)

    const digest = createHmac('md5', 'pässword').update('<17.4711@scripted.test>').digest('hex')
    expect(Buffer.from(answered, 'base64').toString()).toBe(`sallygate ${digest}`)
  })

  test('a way that is not offered is not tried', async () => {
    const { server: told, life } = await open(server('GSSAPI LOGIN'), {
      ...trusting(),
      ...account,
      authentication: 'plain',
    })

    await expect(send(life)).rejects.toEqual(
      failure('MAIL_AUTH_NOT_OFFERED', { wanted: 'PLAIN', offered: 'GSSAPI LOGIN' }),
    )

    expect(told.lines.some((line) => line.startsWith('AUTH'))).toBe(false)
  })

  test('a server that cannot look now is asked again later, and the account is not blamed', async () => {
    const { life } = await open(
      server('PLAIN', ({ verb, say }) => verb === 'AUTH' && (say('454 4.7.0 Try later'), true)),
      { ...trusting(), ...account, authentication: 'plain' },
    )

    await expect(send(life)).rejects.toEqual(failure('MAIL_SERVER_BUSY', { reply: 454 }))
  })

  test('a server that wants a sign-in and gets none says so for the settings, and no recipient is lost', async () => {
    const { life } = await open({
      script: ({ verb, say }) => verb === 'MAIL' && (say('530 5.7.0 Authentication required'), true),
    })

    await expect(send(life)).rejects.toEqual(failure('MAIL_AUTH_REQUIRED', { reply: 530 }))
  })
})

describe('with a token (simulated endpoint)', () => {
  const token = (number: number, seconds: number | string = 3600): TokenAnswer => ({
    status: 200,
    body: JSON.stringify({ token_type: 'Bearer', access_token: `token-${number}`, expires_in: seconds }),
  })
  const settings = (): Partial<MailSettingsInput> => ({
    ...trusting(),
    authentication: 'xoauth2',
    user: 'sallygate@example.com',
    tokenEndpoint: endpoint?.url,
    tokenTrust: authority.certificate,
    clientId: 'client',
    clientSecret: 'planted-client-secret',
    tokenScope: 'https://outlook.office365.com/.default',
  })
  const start = async (answer: (index: number) => TokenAnswer) => {
    endpoint = await startTokenEndpoint(identity, (_request, index) => answer(index))
    return endpoint
  }
  const shown = (line: string) => Buffer.from(line.split(' ')[2] ?? '', 'base64').toString()

  test('the connector fetches one with the client’s credentials and signs in with it', async () => {
    const { asked } = await start(() => token(1))
    const office = await open(server('XOAUTH2'), settings())

    await send(office.life)

    expect(asked).toEqual([
      {
        path: '/tenant/token',
        contentType: 'application/x-www-form-urlencoded',
        form: {
          grant_type: 'client_credentials',
          client_id: 'client',
          client_secret: 'planted-client-secret',
          scope: 'https://outlook.office365.com/.default',
        },
      },
    ])
    const auth = office.server.lines.find((line) => line.startsWith('AUTH XOAUTH2')) ?? ''
    expect(shown(auth)).toBe('user=sallygate@example.com\u0001auth=Bearer token-1\u0001\u0001')
  })

  test('one is kept until shortly before it ends', async () => {
    const clock = new FakeClock()
    const { asked } = await start((index) => token(index, '600'))
    const { life } = await open(server('XOAUTH2'), settings(), { clock })
    const sendOne = (number: number) =>
      send(life, { messageId: `${number}@x.test` }, testContext({ clock, deadlineMs: 60_000 }))

    await sendOne(1)
    await clock.advance(500_000)
    await sendOne(2)
    await clock.advance(60_000)
    await sendOne(3)

    expect(asked).toHaveLength(2)
  })

  test('one that the mail server refuses is not used again', async () => {
    const { asked } = await start((index) => token(index))
    let isChallenged = false
    const { life } = await open(
      server('XOAUTH2', ({ line, verb, say }) => {
        if (isChallenged) return ((isChallenged = false), say('535 5.7.3 Authentication unsuccessful'), true)
        if (verb !== 'AUTH' || !shown(line).includes('token-0')) return false
        isChallenged = true
        say(`334 ${Buffer.from('{"status":"401"}').toString('base64')}`)
        return true
      }),
      settings(),
    )

    await expect(send(life)).rejects.toEqual(failure('MAIL_AUTH_REFUSED', { reply: 535 }))
    const second = await send(life)

    expect(second.recipients).toMatchObject([{ outcome: 'sent' }])
    expect(asked).toHaveLength(2)
  })

  test('one that was good until now and is refused is fetched anew at once; a new one that is refused is enough', async () => {
    const refused = new Set<string>()
    const { asked } = await start((index) => token(index))
    let isChallenged = false
    const { life, server: smtp } = await open(
      server('XOAUTH2', ({ line, verb, say }) => {
        if (isChallenged) return ((isChallenged = false), say('535 5.7.3 Authentication unsuccessful'), true)
        if (verb !== 'AUTH' || ![...refused].some((one) => shown(line).includes(one))) return false
        isChallenged = true
        say('334 ')
        return true
      }),
      settings(),
    )
    const sendOne = (number: number) => send(life, { messageId: `${number}@x.test` })
    await sendOne(1)
    refused.add('token-0')

    expect((await sendOne(2)).recipients).toMatchObject([{ outcome: 'sent' }])
    expect(asked).toHaveLength(2)

    for (const one of ['token-1', 'token-2']) refused.add(one)
    await expect(sendOne(3)).rejects.toEqual(failure('MAIL_AUTH_REFUSED', { reply: 535 }))
    expect(asked).toHaveLength(3)
    expect(smtp.lines.filter((line) => line.startsWith('AUTH'))).toHaveLength(5)
  })

  test.each([
    [
      { status: 400, body: '{"error":"invalid_client","error_description":"planted-client-secret"}' },
      'MAIL_TOKEN_REFUSED',
      { said: 'invalid_client' },
    ],
    [{ status: 200, body: '{"access_token":""}' }, 'MAIL_TOKEN_REFUSED', {}],
    [{ status: 200, body: '{"access_token":"a\\r\\nb"}' }, 'MAIL_TOKEN_REFUSED', {}],
    [{ status: 200, body: 'no json' }, 'MAIL_TOKEN_REFUSED', {}],
    [{ status: 302, body: '' }, 'MAIL_TOKEN_REFUSED', { status: 302 }],
    [{ status: 503, body: '' }, 'MAIL_TOKEN_UNREACHABLE', {}],
    [{ status: 200, body: 'x'.repeat(100_000) }, 'MAIL_TOKEN_UNREACHABLE', { reason: 'too large' }],
  ] as const)('an endpoint that answers %j ends in %s', async (answer, code, details) => {
    await start(() => answer)
    const office = await open(server('XOAUTH2'), settings())

    const failed: unknown = await send(office.life).catch((error: unknown) => error)

    expect(failed).toEqual(failure(code, details))
    expect(JSON.stringify(failed)).not.toContain('planted')
    expect(office.server.taken).toEqual([])
  })

  test('an endpoint with a certificate of nobody we trust gets no secret', async () => {
    const { asked } = await start(() => token(1))
    const { life } = await open(server('XOAUTH2'), { ...settings(), tokenTrust: undefined })

    await expect(send(life)).rejects.toEqual(failure('MAIL_TOKEN_UNREACHABLE'))

    expect(asked).toEqual([])
  })
})
