import { createVerify, generateKeyPairSync } from 'node:crypto'
import { testContext } from '@sallygate/testkit/service-host'
import { makeTlsAuthority, type TlsAuthority, type TlsServerIdentity } from '@sallygate/testkit/tls-server-identity'
import { afterEach, beforeAll, describe, expect, test } from 'vitest'
import type { CheckRow } from '@sallygate/service-kit'
import type { ServiceLife } from '@sallygate/service-kit'
import { connect, mail, open, send, stopAll } from './testing/office.ts'

let authority: TlsAuthority
let identity: TlsServerIdentity
beforeAll(async () => {
  authority = await makeTlsAuthority()
  identity = await authority.issue(['localhost'])
})
afterEach(stopAll)

const failure = (code: string, details: object = {}) =>
  expect.objectContaining({ code, details: expect.objectContaining(details) })
const withTls = () => ({ tls: identity })
const trusting = () => ({ encryption: 'required' as const, trust: authority.certificate })
const rows = async (life: ServiceLife) =>
  ((await life.run('check', {}, testContext())) as { rows: readonly CheckRow[] }).rows

describe('a message', () => {
  test('arrives with the headers it was given, and each recipient is told of', async () => {
    const { server, life } = await open({}, { fromName: 'Sallygate', replyTo: 'help@example.com' })

    const sent = await send(life, { to: ['ada@example.com', 'bob@example.com'], recipients: ['bob@example.com'] })

    expect(sent.recipients).toEqual([
      { address: 'bob@example.com', outcome: 'sent', reply: 250, status: '2.0.0', said: 'Ok: queued as 17' },
    ])
    const [taken] = server.taken
    expect(taken).toMatchObject({ from: 'sallygate@example.com', recipients: ['bob@example.com'] })
    expect(taken?.data).toContain('Message-ID: <17@example.com>')
    expect(taken?.data).toContain('From: Sallygate <sallygate@example.com>')
    expect(taken?.data).toContain('To: ada@example.com, bob@example.com')
    expect(taken?.data).toContain('Reply-To: help@example.com')
    expect(taken?.data).toContain('Date: Sun, 22 Nov 2026 10:00:00 +0000')
    expect(taken?.data).toContain('Auto-Submitted: auto-generated')
  })

  test('is the same bytes at every attempt', async () => {
    const { server, life } = await open({ script: ({ verb, say }) => verb === 'QUIT' && (say('221 x'), true) })
    const other = await connect(server.port)

    await send(life)
    await send(other)

    expect(server.taken).toHaveLength(2)
    expect(server.taken[0]?.data).toBe(server.taken[1]?.data)
  })

  test('that was handed over is not handed over again by the same connector', async () => {
    const { server, life } = await open()
    await send(life)

    const again = await send(life, { recipients: ['ada@example.com'] })

    expect(again.recipients).toMatchObject([{ outcome: 'sent' }])
    expect(server.taken).toHaveLength(1)
  })

  test('is for each recipient what the server said of it', async () => {
    const answers: Readonly<Record<string, string>> = {
      'later@x.test': '451 4.7.1 Greylisted, come back',
      'gone@x.test': '550 5.1.1 No such user',
      'many@x.test': '552 Too many recipients',
      'full@x.test': '552 5.2.2 Mailbox full',
    }
    const { server, life } = await open({
      script: ({ line, say }) => {
        const address = /^RCPT TO:<(.*)>$/.exec(line)?.[1] ?? ''
        const answer = answers[address]
        if (answer === undefined) return false
        say(answer)
        return true
      },
    })
    const to = ['good@x.test', ...Object.keys(answers)]

    const { recipients } = await send(life, { to, recipients: to })

    expect(recipients).toEqual([
      { address: 'good@x.test', outcome: 'sent', reply: 250, status: '2.0.0', said: 'Ok: queued as 17' },
      { address: 'later@x.test', outcome: 'deferred', reply: 451, status: '4.7.1', said: 'Greylisted, come back' },
      { address: 'gone@x.test', outcome: 'refused', reply: 550, status: '5.1.1', said: 'No such user' },
      { address: 'many@x.test', outcome: 'deferred', reply: 452, said: 'Too many recipients' },
      { address: 'full@x.test', outcome: 'refused', reply: 552, status: '5.2.2', said: 'Mailbox full' },
    ])
    expect(server.taken[0]?.recipients).toEqual(['good@x.test'])
  })

  test.each([
    ['MAIL', '451 4.3.0 Later', 'deferred'],
    ['MAIL', '550 5.7.1 Not you', 'refused'],
    ['DATA', '451 4.3.0 Later', 'deferred'],
    ['DATA', '554 5.5.1 No', 'refused'],
    ['.', '452 4.3.1 Disk full', 'deferred'],
    ['.', '554 5.6.0 Spam', 'refused'],
  ])('that is answered at %s with %s is %s for all', async (at, answer, outcome) => {
    const { life } = await open({ script: ({ verb, say }) => verb === at && (say(answer), true) })
    const to = ['a@x.test', 'b@x.test']

    const { recipients } = await send(life, { to, recipients: to })

    expect(recipients.map((one) => one.outcome)).toEqual([outcome, outcome])
  })

  test('is put into letters that every server knows, and lines that begin with a dot arrive with it', async () => {
    const { server, life } = await open()

    await send(life, { to: ['ada@bücher.example'], recipients: ['ada@bücher.example'], text: '.\n.. dots\nÜmläut 🎉' })

    const [taken] = server.taken
    expect(taken?.recipients).toEqual(['ada@xn--bcher-kva.example'])
    expect(Buffer.from(taken?.data ?? '', 'latin1').every((byte) => byte < 128)).toBe(true)
    expect(taken?.data).toMatch(/\r\n\.\r\n\.\. dots\r\n/)
  })

  test('to a name beyond ASCII is refused for that recipient alone where the server cannot take it', async () => {
    const { server, life } = await open()
    const to = ['jörg@x.test', 'ada@x.test']

    const { recipients } = await send(life, { to, recipients: to })

    expect(recipients).toMatchObject([{ outcome: 'refused', status: '5.6.7' }, { outcome: 'sent' }])
    expect(server.taken[0]?.recipients).toEqual(['ada@x.test'])
  })

  test('to a name beyond ASCII goes where the server knows SMTPUTF8', async () => {
    const { server, life } = await open({ extensions: () => ['SMTPUTF8'] })

    const { recipients } = await send(life, { to: ['jörg@x.test'], recipients: ['jörg@x.test'] })

    expect(recipients).toMatchObject([{ outcome: 'sent' }])
    expect(server.lines).toContain('MAIL FROM:<sallygate@example.com> SMTPUTF8')
  })

  test('that is larger than the server says is not begun, and says so', async () => {
    const { server, life } = await open({ extensions: () => ['SIZE 500'] })

    await expect(send(life)).rejects.toEqual(failure('MAIL_TOO_LARGE', { limit: 500 }))

    expect(server.lines.some((line) => line.startsWith('MAIL'))).toBe(false)
  })

  test('that is larger than the settings allow is not even dialed for', async () => {
    const { server, life } = await open({}, { maxMessageBytes: 16 * 1024 })

    await expect(send(life, { text: 'x'.repeat(50_000) })).rejects.toEqual(failure('MAIL_TOO_LARGE'))

    expect(server.lines).toEqual([])
  })

  test('is signed with DKIM where the settings say so', async () => {
    const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
    const dkimPrivateKey = privateKey.export({ type: 'pkcs8', format: 'pem' })
    const { server, life } = await open({}, { dkimDomain: 'example.com', dkimSelector: 's1', dkimPrivateKey })

    await send(life)

    const data = server.taken[0]?.data ?? ''
    expect(data).toMatch(/^DKIM-Signature: v=1; a=rsa-sha256; c=relaxed\/relaxed; d=example\.com;/)
    expect(isSigned(data, publicKey.export({ type: 'spki', format: 'pem' }))).toBe(true)
    expect(
      isSigned(
        data.replace('Subject: Certificate', 'Subject: certificate'),
        publicKey.export({ type: 'spki', format: 'pem' }),
      ),
    ).toBe(false)
  })
})

describe('encryption', () => {
  test('required goes over STARTTLS with a certificate that was verified, and EHLO is said again', async () => {
    const { server, life } = await open(withTls(), trusting())

    const sent = await send(life)

    expect(sent.protocol).toBe('TLSv1.3')
    expect(server.taken[0]?.isEncrypted).toBe(true)
    expect(server.lines.filter((line) => line.startsWith('EHLO'))).toHaveLength(2)
  })

  test('implicit is encrypted from the first byte', async () => {
    const { server, life } = await open({ ...withTls(), isImplicit: true }, { ...trusting(), encryption: 'implicit' })

    await send(life)

    expect(server.taken[0]?.isEncrypted).toBe(true)
  })

  test.each([
    ['MAIL_TLS_UNTRUSTED', async () => ({ key: identity.key, cert: identity.cert }), {}],
    ['MAIL_TLS_WRONG_NAME', async () => authority.issue(['other.test']), { trust: true }],
    [
      'MAIL_TLS_EXPIRED',
      async () => authority.issue(['localhost'], new Date(Date.now() - 2 * 365 * 86_400_000)),
      { trust: true },
    ],
  ])(
    'required refuses with %s, and nothing of the message is sent',
    async (code, make, { trust }: { trust?: boolean }) => {
      const settings = { encryption: 'required' as const, ...(trust === true ? { trust: authority.certificate } : {}) }
      const { server, life } = await open({ tls: await make() }, settings)

      await expect(send(life)).rejects.toEqual(failure(code))

      expect(server.lines.filter((line) => !line.startsWith('EHLO'))).toEqual(['STARTTLS'])
    },
  )

  test('a pinned certificate is enough, and no other is', async () => {
    const pinOf = async (life: ServiceLife) =>
      send(life).then(
        () => '',
        (error: { details: { sha256?: string } }) => error.details.sha256 ?? '',
      )
    const wrong = await open(withTls(), { encryption: 'required', certificatePin: 'ab'.repeat(32) })
    const pin = await pinOf(wrong.life)

    const right = await open(withTls(), { encryption: 'required', certificatePin: pin.toUpperCase() })

    await expect(send(wrong.life)).rejects.toEqual(failure('MAIL_TLS_PIN_MISMATCH', { sha256: pin }))
    expect((await send(right.life)).protocol).toBe('TLSv1.3')
  })

  test('opportunistic encrypts with whatever certificate, and goes without where none is offered', async () => {
    const offered = await open(withTls(), { encryption: 'opportunistic' })
    const bare = await open({}, { encryption: 'opportunistic' })

    await send(offered.life)
    await send(bare.life)

    expect(offered.server.taken[0]?.isEncrypted).toBe(true)
    expect(bare.server.taken[0]?.isEncrypted).toBe(false)
  })
})

describe('settings', () => {
  test.each([
    [{ authentication: 'plain' }, 'user'],
    [{ authentication: 'plain', user: 'x' }, 'password'],
    [{ authentication: 'xoauth2', user: 'x' }, 'tokenEndpoint'],
    [{ trust: 'no certificate' }, 'trust'],
    [{ dkimDomain: 'x.test' }, 'dkimSelector'],
    [{ dkimDomain: 'x.test', dkimSelector: 's', dkimPrivateKey: 'planted-key-text' }, 'dkimPrivateKey'],
  ] as const)('%j cannot be used, and says which one', async (settings, setting) => {
    const life = await connect(1, settings)

    const state = life.state()

    expect(state).toMatchObject({ kind: 'failed', code: 'MAIL_SETTING_INVALID' })
    expect('reason' in state && state.reason).toContain(`setting: ${setting}`)
    expect(JSON.stringify(state)).not.toContain('planted')
  })
})

describe('several servers', () => {
  test('one that cannot be reached is passed by, and the service is healthy while another works', async () => {
    const { server, life } = await open()
    const both = await connect(1, {
      servers: [
        { host: 'localhost', port: 1 },
        { host: 'localhost', port: server.port },
      ],
    })

    expect((await send(both)).server).toBe(`localhost:${server.port}`)

    expect(both.state()).toEqual({ kind: 'healthy' })
    expect(life.state()).toEqual({ kind: 'healthy' })
  })

  test('where none can be reached the most telling reason is given, and health says so', async () => {
    const { server } = await open({ script: ({ verb, say }) => verb === '' && (say('554 5.7.1 Not from there'), true) })
    const both = await connect(1, {
      servers: [
        { host: 'localhost', port: 1 },
        { host: 'localhost', port: server.port },
      ],
    })

    await expect(send(both)).rejects.toEqual(failure('MAIL_NOT_SERVING', { said: 'Not from there' }))

    expect(both.state()).toMatchObject({ kind: 'degraded', code: 'MAIL_NOT_SERVING' })
  })
})

describe('checking', () => {
  test('shows every step, and sends nothing', async () => {
    const account = { authentication: 'plain' as const, user: 'u', password: 'p' }
    const { server, life } = await open(
      { ...withTls(), extensions: (isEncrypted) => (isEncrypted ? ['AUTH PLAIN'] : ['STARTTLS']) },
      { ...trusting(), ...account },
    )

    const found = await rows(life)

    expect(found.map(({ result, target }) => `${result} ${target.split(':')[0]}`)).toEqual([
      'ok Name and policy',
      'ok TCP connection',
      'ok Greeting',
      'ok EHLO',
      'ok STARTTLS',
      'ok TLS certificate',
      'ok Sign-in',
      'ok Sender',
    ])
    expect(found[5]?.chain?.length).toBeGreaterThan(0)
    expect(server.taken).toEqual([])
    expect(server.lines).not.toContain('DATA')
  })

  test('says at which step it stopped, and skips what depends on it', async () => {
    const { life } = await open({}, trusting())

    const found = await rows(life)

    expect(found.find(({ result }) => result === 'failed')).toMatchObject({ code: 'MAIL_STARTTLS_MISSING' })
    expect(found.at(-1)).toMatchObject({ result: 'skipped' })
  })

  test('says that encryption which was only wished for was offered and refused', async () => {
    const { life } = await open(
      { tls: identity, script: ({ verb, say }) => verb === 'STARTTLS' && (say('454 4.7.0 Not now'), true) },
      { encryption: 'opportunistic' },
    )

    expect((await rows(life)).find(({ result }) => result === 'failed')).toMatchObject({
      target: expect.stringContaining('STARTTLS'),
      code: 'MAIL_STARTTLS_REFUSED',
    })
  })

  test('of a server that waits for TLS, and of the one behind it, is told before the time of the request is over', async () => {
    const waiting = await open({ tls: identity, isImplicit: true }, trusting())
    const { port } = (await open(withTls())).server
    const both = await connect(port, {
      ...trusting(),
      servers: [waiting.server, { port }].map((server) => ({ host: 'localhost', port: server.port })),
    })

    const { rows: found } = (await both.run('check', {}, testContext({ deadlineMs: 4000 }))) as {
      rows: readonly CheckRow[]
    }

    expect(found.find(({ result }) => result === 'failed')).toMatchObject({
      target: `Greeting: localhost:${waiting.server.port}`,
      code: 'MAIL_NO_GREETING',
      fix: expect.stringContaining('implicit'),
    })
    expect(found.filter(({ target }) => target.endsWith(`:${port}`)).every(({ result }) => result === 'ok')).toBe(true)
  })

  test('without encryption is a warning', async () => {
    const { life } = await open()

    expect((await rows(life)).at(-1)).toMatchObject({
      result: 'warning',
      target: expect.stringContaining('Encryption'),
    })
  })

  test('a sender that is not accepted is told of', async () => {
    const { life } = await open({ script: ({ verb, say }) => verb === 'MAIL' && (say('553 5.7.1 Not owned'), true) })

    expect((await rows(life)).find(({ result }) => result === 'failed')).toMatchObject({ code: 'MAIL_SENDER_REFUSED' })
  })
})

test('parameters that are not mail are refused before anything is dialed', async () => {
  const { server, life } = await open()
  for (const more of [{ messageId: 'a b@c' }, { recipients: [] }, { subject: '' }, { text: 'a\0b' }, { date: 'now' }]) {
    await expect(life.run('send', { ...mail(), ...more }, testContext())).rejects.toEqual(
      failure('SERVICE_PARAMETERS_INVALID'),
    )
  }
  expect(server.lines).toEqual([])
})

/** RFC 6376 3.7 for relaxed/relaxed, written anew from the text, so that signer and check do not share a mistake. */
function isSigned(data: string, key: string): boolean {
  const end = data.indexOf('\r\n\r\n')
  const headers = data.slice(0, end).split(/\r\n(?![ \t])/)
  const relaxed = (header: string) => {
    const colon = header.indexOf(':')
    const value = header
      .slice(colon + 1)
      .replaceAll(/\r\n/g, '')
      .replaceAll(/[ \t]+/g, ' ')
      .trim()
    return `${header.slice(0, colon).toLowerCase().trim()}:${value}`
  }
  const own = headers[0] ?? ''
  const tag = (name: string) =>
    new RegExp(`[;\\s]${name}=([^;]*)`).exec(own.replaceAll(/\s+/g, ' '))?.[1]?.replaceAll(' ', '') ?? ''
  const rest = headers.slice(1)
  const signed = tag('h')
    .split(':')
    .map((name) => {
      const at = rest.findLastIndex((header) => header.toLowerCase().startsWith(`${name.toLowerCase()}:`))
      return at === -1 ? [] : rest.splice(at, 1).map((header) => `${relaxed(header)}\r\n`)
    })
  const bare = relaxed(own.replace(/b=[^;]*$/s, 'b='))
  const verify = createVerify('sha256').update(signed.flat().join('') + bare)
  return verify.verify(key, tag('b'), 'base64')
}
